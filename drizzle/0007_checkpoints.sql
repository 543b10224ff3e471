ALTER TABLE "checkpoint" ALTER COLUMN "stage" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "checkpoint" ALTER COLUMN "stage" SET DATA TYPE text USING (array['base', 'stage1', 'stage2'])["stage" + 1];--> statement-breakpoint
-- What nothing of ours was trained from is no base of ours. Nano's is written again at every start.
UPDATE "checkpoint" SET "stage" = NULL WHERE "stage" = 'base' AND NOT EXISTS (SELECT 1 FROM "checkpoint" "child" WHERE "child"."parent_id" = "checkpoint"."id");--> statement-breakpoint
UPDATE "checkpoint" SET "parent_id" = NULL WHERE NOT EXISTS (SELECT 1 FROM "checkpoint" "parent" WHERE "parent"."id" = "checkpoint"."parent_id");--> statement-breakpoint
ALTER TABLE "checkpoint" ADD COLUMN "on_board" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "checkpoint" ADD COLUMN "browser_model" text;--> statement-breakpoint
ALTER TABLE "checkpoint" ADD CONSTRAINT "checkpoint_parent_id_checkpoint_id_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."checkpoint"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "checkpoint_on_board" ON "checkpoint" USING btree ("model_slug",coalesce("stage", '')) WHERE "checkpoint"."on_board";--> statement-breakpoint
ALTER TABLE "checkpoint" ADD CONSTRAINT "checkpoint_browser_model_unique" UNIQUE("browser_model");
