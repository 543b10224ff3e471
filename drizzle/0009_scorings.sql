-- What was being scored is scored anew: a run by the scorer of its headline, and scored runs by one more.
INSERT INTO "scoring" ("run_id", "scorer", "created_at") SELECT "id", "scorer", "created_at" FROM "run" WHERE "state" = 'scoring';--> statement-breakpoint
INSERT INTO "scoring" ("run_id", "scorer", "state", "error", "created_at") SELECT "run_id", "scorer", "state", "error", "created_at" FROM "rescoring" ON CONFLICT DO NOTHING;--> statement-breakpoint
DROP TABLE "rescoring" CASCADE;--> statement-breakpoint
ALTER TABLE "run" DROP COLUMN "scored_samples";