CREATE TABLE "benchmark_data" (
	"id" text PRIMARY KEY NOT NULL,
	"benchmark" text NOT NULL,
	"split" text NOT NULL,
	"sha256" text NOT NULL,
	"source" text NOT NULL,
	"licence" text NOT NULL,
	"sample_count" integer NOT NULL,
	"installed_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "blob" (
	"sha256" text PRIMARY KEY NOT NULL,
	"bytes" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "checkpoint" (
	"id" text PRIMARY KEY NOT NULL,
	"model_slug" text NOT NULL,
	"stage" integer NOT NULL,
	"step" integer,
	"parent_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model" (
	"slug" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"family" text NOT NULL,
	"parameters_b" double precision,
	"open_weights" boolean NOT NULL,
	"link" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "prediction" (
	"run_id" text NOT NULL,
	"sample_id" text NOT NULL,
	"output" text NOT NULL,
	"tokens" integer,
	CONSTRAINT "prediction_run_id_sample_id_pk" PRIMARY KEY("run_id","sample_id")
);
--> statement-breakpoint
CREATE TABLE "run" (
	"id" text PRIMARY KEY NOT NULL,
	"checkpoint_id" text NOT NULL,
	"benchmark" text NOT NULL,
	"split" text,
	"source" text NOT NULL,
	"state" text NOT NULL,
	"scorer" text NOT NULL,
	"data_id" text,
	"file_sha256" text,
	"file_name" text,
	"format" text,
	"prompt" text,
	"generation" jsonb,
	"citation" text,
	"claimed_accuracy" double precision,
	"matched" integer,
	"missing" integer,
	"scored_samples" integer DEFAULT 0 NOT NULL,
	"error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"published_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "sample" (
	"data_id" text NOT NULL,
	"sample_id" text NOT NULL,
	"ordinal" integer NOT NULL,
	"question" text NOT NULL,
	"options" jsonb,
	"gold" jsonb NOT NULL,
	"tags" jsonb NOT NULL,
	"image" text,
	"cluster" text NOT NULL,
	CONSTRAINT "sample_data_id_sample_id_pk" PRIMARY KEY("data_id","sample_id")
);
--> statement-breakpoint
CREATE TABLE "score" (
	"run_id" text NOT NULL,
	"scorer" text NOT NULL,
	"correct" integer,
	"total" integer,
	"headline" double precision NOT NULL,
	"interval" jsonb,
	"breakdown" jsonb NOT NULL,
	"secondary" jsonb NOT NULL,
	CONSTRAINT "score_run_id_scorer_pk" PRIMARY KEY("run_id","scorer")
);
--> statement-breakpoint
CREATE TABLE "verdict" (
	"run_id" text NOT NULL,
	"scorer" text NOT NULL,
	"sample_id" text NOT NULL,
	"ordinal" integer NOT NULL,
	"outcome" text NOT NULL,
	"answer" text,
	"reason" text NOT NULL,
	"span_start" integer,
	"span_end" integer,
	CONSTRAINT "verdict_run_id_scorer_sample_id_pk" PRIMARY KEY("run_id","scorer","sample_id")
);
--> statement-breakpoint
ALTER TABLE "checkpoint" ADD CONSTRAINT "checkpoint_model_slug_model_slug_fk" FOREIGN KEY ("model_slug") REFERENCES "public"."model"("slug") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "prediction" ADD CONSTRAINT "prediction_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run" ADD CONSTRAINT "run_checkpoint_id_checkpoint_id_fk" FOREIGN KEY ("checkpoint_id") REFERENCES "public"."checkpoint"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run" ADD CONSTRAINT "run_data_id_benchmark_data_id_fk" FOREIGN KEY ("data_id") REFERENCES "public"."benchmark_data"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run" ADD CONSTRAINT "run_file_sha256_blob_sha256_fk" FOREIGN KEY ("file_sha256") REFERENCES "public"."blob"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sample" ADD CONSTRAINT "sample_data_id_benchmark_data_id_fk" FOREIGN KEY ("data_id") REFERENCES "public"."benchmark_data"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "score" ADD CONSTRAINT "score_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "verdict" ADD CONSTRAINT "verdict_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "benchmark_data_version" ON "benchmark_data" USING btree ("benchmark","split","sha256");--> statement-breakpoint
CREATE UNIQUE INDEX "run_file" ON "run" USING btree ("file_sha256","benchmark","split") WHERE "run"."file_sha256" is not null;--> statement-breakpoint
CREATE INDEX "run_board" ON "run" USING btree ("state","benchmark");--> statement-breakpoint
CREATE UNIQUE INDEX "sample_order" ON "sample" USING btree ("data_id","ordinal");--> statement-breakpoint
CREATE INDEX "verdict_order" ON "verdict" USING btree ("run_id","scorer","ordinal");--> statement-breakpoint
CREATE INDEX "verdict_outcome" ON "verdict" USING btree ("run_id","scorer","outcome","ordinal");