import { answerLayer } from '../../files/answer-layer.ts';
import { readDocument } from './read-document.ts';

answerLayer(readDocument);
