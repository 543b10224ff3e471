CREATE TABLE "rescoring" (
	"run_id" text NOT NULL,
	"scorer" text NOT NULL,
	"state" text NOT NULL,
	"error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "rescoring_run_id_scorer_pk" PRIMARY KEY("run_id","scorer")
);
--> statement-breakpoint
ALTER TABLE "rescoring" ADD CONSTRAINT "rescoring_run_id_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run"("id") ON DELETE cascade ON UPDATE no action;