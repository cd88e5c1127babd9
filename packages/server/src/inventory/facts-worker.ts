import { answerLayer } from '../files/answer-layer.ts';
import { readLayerFacts } from './layer-facts.ts';

answerLayer(readLayerFacts);
