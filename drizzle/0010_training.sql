CREATE TABLE "agent" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"token_hash" text NOT NULL,
	"revoked_at" timestamp with time zone,
	"seen_at" timestamp with time zone,
	"machine" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "agent_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "job" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"spec" jsonb NOT NULL,
	"after_id" text,
	"state" text DEFAULT 'waiting' NOT NULL,
	"error" text,
	"owner" text DEFAULT 'team' NOT NULL,
	"public" boolean DEFAULT false NOT NULL,
	"cancel_requested" boolean DEFAULT false NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"agent_id" text,
	"lease_hash" text,
	"leased_until" timestamp with time zone,
	"not_before" timestamp with time zone,
	"next_seq" integer DEFAULT 0 NOT NULL,
	"step" integer DEFAULT 0 NOT NULL,
	"steps" integer,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_event" (
	"job_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"seq" integer NOT NULL,
	"data" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "job_event_job_id_attempt_seq_pk" PRIMARY KEY("job_id","attempt","seq")
);
--> statement-breakpoint
CREATE TABLE "job_file" (
	"job_id" text NOT NULL,
	"purpose" text NOT NULL,
	"step" integer NOT NULL,
	"path" text NOT NULL,
	"sha256" text NOT NULL,
	CONSTRAINT "job_file_job_id_purpose_step_path_pk" PRIMARY KEY("job_id","purpose","step","path")
);
--> statement-breakpoint
CREATE TABLE "job_metric" (
	"job_id" text NOT NULL,
	"step" integer NOT NULL,
	"values" jsonb NOT NULL,
	"attempt" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "job_metric_job_id_step_pk" PRIMARY KEY("job_id","step")
);
--> statement-breakpoint
CREATE TABLE "rollout" (
	"job_id" text NOT NULL,
	"step" integer NOT NULL,
	"ordinal" integer NOT NULL,
	"data" jsonb NOT NULL,
	"highest" double precision NOT NULL,
	"lowest" double precision NOT NULL,
	"mean" double precision NOT NULL,
	"longest" integer NOT NULL,
	"truncated" integer NOT NULL,
	"failed" integer NOT NULL,
	CONSTRAINT "rollout_job_id_step_ordinal_pk" PRIMARY KEY("job_id","step","ordinal")
);
--> statement-breakpoint
CREATE TABLE "rollout_image" (
	"job_id" text NOT NULL,
	"step" integer NOT NULL,
	"sha256" text NOT NULL,
	CONSTRAINT "rollout_image_job_id_step_sha256_pk" PRIMARY KEY("job_id","step","sha256")
);
--> statement-breakpoint
ALTER TABLE "checkpoint" ADD COLUMN "job_id" text;--> statement-breakpoint
ALTER TABLE "run" ADD COLUMN "publish_when_scored" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "run" ADD COLUMN "job_id" text;--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_after_id_job_id_fk" FOREIGN KEY ("after_id") REFERENCES "public"."job"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job" ADD CONSTRAINT "job_agent_id_agent_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."agent"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_event" ADD CONSTRAINT "job_event_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_file" ADD CONSTRAINT "job_file_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_file" ADD CONSTRAINT "job_file_sha256_blob_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blob"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_metric" ADD CONSTRAINT "job_metric_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout" ADD CONSTRAINT "rollout_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout_image" ADD CONSTRAINT "rollout_image_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rollout_image" ADD CONSTRAINT "rollout_image_sha256_blob_sha256_fk" FOREIGN KEY ("sha256") REFERENCES "public"."blob"("sha256") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "job_waiting" ON "job" USING btree ("state","created_at");--> statement-breakpoint
CREATE INDEX "job_after" ON "job" USING btree ("after_id");--> statement-breakpoint
CREATE INDEX "job_file_blob" ON "job_file" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "rollout_image_blob" ON "rollout_image" USING btree ("sha256");--> statement-breakpoint
ALTER TABLE "checkpoint" ADD CONSTRAINT "checkpoint_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run" ADD CONSTRAINT "run_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE no action ON UPDATE no action;