import { answerLayer } from './answer-layer.ts';
import { readLayer } from './read-layer.ts';

answerLayer(readLayer);
