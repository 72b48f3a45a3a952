import { isObject, type JsonObject, type JsonValue } from '../../json.ts';

interface LandedMeta {
  /** `meta` with what it says of the content: everything else changes without it. */
  readonly kept: JsonObject;
  readonly updatedAt: string | null;
  readonly isSubset: boolean;
}

export function landedMeta(meta: JsonValue | undefined): LandedMeta {
  if (!isObject(meta)) return { kept: {}, updatedAt: null, isSubset: false };
  const { security, tag, lastUpdated } = meta;
  const said = { ...(security === undefined ? {} : { security }), ...(tag === undefined ? {} : { tag }) };
  return {
    kept: Object.keys(said).length === 0 ? {} : { meta: said },
    updatedAt: typeof lastUpdated === 'string' ? lastUpdated : null,
    isSubset: Array.isArray(tag) && tag.some((one: JsonValue) => isObject(one) && one['code'] === 'SUBSETTED'),
  };
}
