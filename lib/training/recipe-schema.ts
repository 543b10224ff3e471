import schema from '@/trainer/ocean_r1/recipe.schema.json';

/**
 * What a recipe may hold, as data: the trainer writes it of its own models (`python fixtures/recipes.py`), so that forms and
 * checks here are of what the trainer takes.
 */

export const RECIPE_KINDS = ['tower', 'sft', 'grpo'] as const;
export type RecipeKind = (typeof RECIPE_KINDS)[number];

/** A node of the JSON Schema, as far as the trainer's has it. */
export interface SchemaNode {
  $ref?: string;
  type?: string;
  anyOf?: readonly SchemaNode[];
  enum?: readonly (string | number)[];
  const?: string;
  properties?: Readonly<Record<string, SchemaNode>>;
  required?: readonly string[];
  additionalProperties?: boolean | SchemaNode;
  items?: SchemaNode;
  prefixItems?: readonly SchemaNode[];
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  pattern?: string;
  /** Whether a number may be infinite. */
  infinite?: boolean;
  default?: unknown;
  description?: string;
}

const DEFINITIONS: Readonly<Record<string, SchemaNode>> = schema.$defs;

/** What a node says of a value that is not null, the name of its section where it is one, and whether null will do. */
export interface Resolved {
  node: SchemaNode;
  section: string | null;
  nullable: boolean;
}

export function resolve(node: SchemaNode): Resolved {
  if (node.anyOf !== undefined) {
    const inner = node.anyOf.find(({ type }) => type !== 'null') ?? {};
    return { ...resolve(inner), nullable: true };
  }
  const section = node.$ref?.replace('#/$defs/', '') ?? null;
  return { node: section === null ? node : (DEFINITIONS[section] ?? {}), section, nullable: false };
}

export const recipeNode = (kind: RecipeKind): Resolved => resolve(schema.kinds[kind]);

export const isRecipeKind = (value: unknown): value is RecipeKind =>
  RECIPE_KINDS.some((kind) => kind === value);

/** A key of a recipe that is no section. */
export interface RecipeField {
  /** Dotted: `optimizer.lr`. */
  key: string;
  /** The table that it stands in; empty for the recipe itself. */
  section: string;
  name: string;
  node: SchemaNode;
  nullable: boolean;
  required: boolean;
  default: unknown;
  description: string;
}

/** Where a run begins and where it writes are the agent's to say. */
const OF_THE_AGENT: readonly string[] = ['kind', 'output', 'model.path'];

/** All keys of a kind of recipe that its writer chooses, section by section. */
export function recipeFields(kind: RecipeKind): RecipeField[] {
  const { node } = recipeNode(kind);
  const own = fieldsOf(node, '');
  const sections = Object.entries(node.properties ?? {}).flatMap(([name, each]) => {
    const { node: inner, section } = resolve(each);
    return section === null ? [] : fieldsOf(inner, name);
  });
  return [...own, ...sections].filter(({ key }) => !OF_THE_AGENT.includes(key));
}

const fieldsOf = (parent: SchemaNode, section: string): RecipeField[] =>
  Object.entries(parent.properties ?? {}).flatMap(([name, each]) => {
    const { node, section: inner, nullable } = resolve(each);
    if (inner !== null) return [];
    return {
      key: section === '' ? name : `${section}.${name}`,
      section,
      name,
      node,
      nullable,
      required: parent.required?.includes(name) ?? false,
      default: each.default,
      description: each.description ?? '',
    };
  });
