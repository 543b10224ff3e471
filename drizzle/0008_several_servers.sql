CREATE TABLE "checkpoint_file" (
	"checkpoint_id" text NOT NULL,
	"path" text NOT NULL,
	"sha256" text NOT NULL,
	CONSTRAINT "checkpoint_file_checkpoint_id_path_pk" PRIMARY KEY("checkpoint_id","path")
);
--> statement-breakpoint
CREATE TABLE "event" (
	"key" text NOT NULL,
	"seq" integer NOT NULL,
	"data" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "event_key_seq_pk" PRIMARY KEY("key","seq")
);
--> statement-breakpoint
CREATE TABLE "rate_limit" (
	"key" varchar(255) PRIMARY KEY NOT NULL,
	"points" integer DEFAULT 0 NOT NULL,
	"expire" bigint
);
--> statement-breakpoint
CREATE TABLE "run_change" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"kind" text NOT NULL,
	"by" text NOT NULL,
	"changes" jsonb,
	"note" text,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scoring" (
	"run_id" text NOT NULL,
	"scorer" text NOT NULL,
	"state" text DEFAULT 'scoring' NOT NULL,
	"error" text,
	"fence" integer DEFAULT 0 NOT NULL,
	"leased_until" timestamp with time zone,
	"scored" integer DEFAULT 0 NOT NULL,
	"total" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "scoring_run_id_scorer_pk" PRIMARY KEY("run_id","scorer")
);
--> statement-breakpoint
ALTER TABLE "run" ADD COLUMN "owner" text DEFAULT 'team' NOT NULL;--> statement-breakpoint
ALTER TABLE "checkpoint_file" ADD CONSTRAINT "checkpoint_file_checkpoint_id_checkpoint_id_fk" FOREIGN KEY ("checkpoint_id") REFERENCES "public"."checkpoint"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkpoint_file" ADD CONSTRAINT "checkpoint_file_sha256_blob_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blob"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_change" ADD CONSTRAINT "run_change_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scoring" ADD CONSTRAINT "scoring_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "checkpoint_file_blob" ON "checkpoint_file" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "run_change_of" ON "run_change" USING btree ("run_id","id");--> statement-breakpoint
-- What a paper reports, and what this server handed in of its own checkpoints, is nobody's of the team.
UPDATE "run" SET "owner" = 'site' WHERE "source" = 'reported' OR "checkpoint_id" IN (SELECT "id" FROM "checkpoint" WHERE "browser_model" IS NOT NULL);--> statement-breakpoint
INSERT INTO "run_change" ("run_id", "kind", "by", "at") SELECT "id", 'published', "owner", coalesce("published_at", "created_at") FROM "run" WHERE "state" = 'published' AND "source" <> 'reported';
