CREATE TABLE "job_metric_span" (
	"job_id" text NOT NULL,
	"place" integer NOT NULL,
	"step" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"low" jsonb NOT NULL,
	"high" jsonb NOT NULL,
	CONSTRAINT "job_metric_span_job_id_place_pk" PRIMARY KEY("job_id","place")
);
--> statement-breakpoint
ALTER TABLE "job_metric_span" ADD CONSTRAINT "job_metric_span_job_id_job_id_fk" FOREIGN KEY ("job_id") REFERENCES "public"."job"("id") ON DELETE cascade ON UPDATE no action;