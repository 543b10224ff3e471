CREATE TABLE "judge_answer" (
	"hash" text PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"temperature" double precision NOT NULL,
	"reply" text NOT NULL,
	"input_tokens" integer,
	"output_tokens" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "score" ADD COLUMN "judge" jsonb;