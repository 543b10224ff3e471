import {
  isAssignment,
  isEquation,
  isRelation,
  lastSide,
  relationsOf,
  shortened,
} from '@/lib/mathematics/assignment';
import { Undecided } from '@/lib/mathematics/budget';
import { type ExpressionStep, equalExpressions, type Precision } from '@/lib/mathematics/equal';
import { isExpression, isSet, keyOf, type Value } from '@/lib/mathematics/expression';
import { printed } from '@/lib/mathematics/print';
import { equalRelations } from '@/lib/mathematics/relation';
import { equalSets } from '@/lib/mathematics/set';
import { isSolvedBy, solutionsOf } from '@/lib/mathematics/solve';
import { renamed } from '@/lib/mathematics/substitute';

export interface Comparison extends Precision {
  /** Whether letters matter; else those of the prediction are read as those of the gold, in alphabetical order. */
  strict: boolean;
  /** Whether a relation may equal a set where the gold is the set; where the prediction is, it always may. */
  allowSetRelationComparison: boolean;
}

/** By which step two values are equal. */
export type Step = 'form' | 'solutions' | 'relations' | 'sets' | 'letters' | ExpressionStep;

/** `sympy_expr_eq`, null where it says no. Not symmetric: the gold's form decides what of a prediction counts. */
export function equalValues(goldGiven: Value, predictionGiven: Value, options: Comparison): Step | null {
  let gold = goldGiven;
  let prediction = options.strict ? predictionGiven : renamed(predictionGiven, goldGiven);
  const goldAssigns = isAssignment(gold);
  const predictionEquation = isEquation(prediction);
  const goldEquation = isEquation(gold);
  if (goldAssigns) gold = shortened(gold);
  if (isAssignment(prediction)) prediction = shortened(prediction);
  if (predictionEquation && !goldEquation) prediction = lastSide(prediction);
  else if (goldAssigns && !predictionEquation) gold = lastSide(gold);

  if (isRelation(gold) && isSet(prediction)) {
    const solutions = solutionsOf(relationsOf(gold));
    if (solutions === null && isSolvedBy(relationsOf(gold), prediction)) return 'solutions';
    gold = solutions ?? gold;
  }
  if (options.allowSetRelationComparison && isRelation(prediction) && isSet(gold)) {
    const solutions = solutionsOf(relationsOf(prediction));
    if (solutions === null && isSolvedBy(relationsOf(prediction), gold)) return 'solutions';
    prediction = solutions ?? prediction;
  }

  if (gold.kind === 'constant' && (gold.name === 'undefined' || gold.name === 'complex ∞'))
    throw new Undecided('the gold divides by zero');
  if (keyOf(gold) === keyOf(prediction)) return 'form';
  const equal = (a: Value, b: Value) =>
    equalValues(a, b, { ...options, strict: true, allowSetRelationComparison: false }) !== null;
  if (isRelation(gold) && isRelation(prediction))
    return equalRelations(relationsOf(gold), relationsOf(prediction), equal) ? 'relations' : null;
  if (isSet(gold) || gold.kind === 'tuple' || isSet(prediction) || prediction.kind === 'tuple')
    return equalSets(gold, prediction, equal) ? 'sets' : null;
  if (gold.kind === 'symbol' || prediction.kind === 'symbol')
    return equalLetters(gold, prediction) ? 'letters' : null;
  if (!isExpression(gold) || !isExpression(prediction)) return null;
  return equalExpressions(gold, prediction, options);
}

const isE = (value: Value): boolean => value.kind === 'constant' && value.name === 'e';

/** A symbol's name, or the letters of a product of nothing else, one after another, in lower case; else null. */
function spelled(value: Value): string | null {
  if (value.kind === 'symbol') return value.name.toLowerCase();
  if (isE(value)) return 'e';
  if (value.kind !== 'product') return null;
  let word = '';
  for (const term of value.terms) {
    if (term.kind === 'symbol') word += term.name;
    else if (isE(term)) word += 'e';
    else return null;
  }
  return word.toLowerCase();
}

/**
 * `sympy_compare_symbols`: `\text{abc}` is `abc`, a product of letters, alike in both cases, and `\text{4}` is 4, for
 * both are printed so.
 */
function equalLetters(a: Value, b: Value): boolean {
  const [first, second] = [a, b].map(spelled);
  if (first !== null && second !== null) return first === second;
  return isExpression(a) && isExpression(b) && printed(a) !== null && printed(a) === printed(b);
}
