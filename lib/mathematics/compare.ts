import {
  isAssignment,
  isEquation,
  isRelation,
  lastSide,
  relationsOf,
  shortened,
} from '@/lib/mathematics/assignment';
import { Undecided } from '@/lib/mathematics/budget';
import { equalExpressions, type Precision } from '@/lib/mathematics/equal';
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

/** `sympy_expr_eq`. Not symmetric: the gold's form decides what of a prediction counts. */
export function equalValues(goldGiven: Value, predictionGiven: Value, options: Comparison): boolean {
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
    if (solutions === null && isSolvedBy(relationsOf(gold), prediction)) return true;
    gold = solutions ?? gold;
  }
  if (options.allowSetRelationComparison && isRelation(prediction) && isSet(gold)) {
    const solutions = solutionsOf(relationsOf(prediction));
    if (solutions === null && isSolvedBy(relationsOf(prediction), gold)) return true;
    prediction = solutions ?? prediction;
  }

  if (gold.kind === 'constant' && (gold.name === 'undefined' || gold.name === 'complex ∞'))
    throw new Undecided('the gold divides by zero');
  if (keyOf(gold) === keyOf(prediction)) return true;
  const equal = (a: Value, b: Value) =>
    equalValues(a, b, { ...options, strict: true, allowSetRelationComparison: false });
  if (isRelation(gold) && isRelation(prediction))
    return equalRelations(relationsOf(gold), relationsOf(prediction), equal);
  if (isSet(gold) || gold.kind === 'tuple' || isSet(prediction) || prediction.kind === 'tuple')
    return equalSets(gold, prediction, equal);
  if (gold.kind === 'symbol' || prediction.kind === 'symbol') return equalLetters(gold, prediction);
  return isExpression(gold) && isExpression(prediction) && equalExpressions(gold, prediction, options);
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
