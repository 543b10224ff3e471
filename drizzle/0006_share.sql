CREATE TABLE "share" (
	"id" text PRIMARY KEY NOT NULL,
	"secret_hash" text NOT NULL,
	"conversation" jsonb NOT NULL,
	"bytes" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "shared_picture" (
	"share_id" text NOT NULL,
	"picture_id" text NOT NULL,
	"media_type" text NOT NULL,
	"bytes" "bytea" NOT NULL,
	CONSTRAINT "shared_picture_share_id_picture_id_pk" PRIMARY KEY("share_id","picture_id")
);
--> statement-breakpoint
ALTER TABLE "shared_picture" ADD CONSTRAINT "shared_picture_share_id_share_id_fk" FOREIGN KEY ("share_id") REFERENCES "public"."share"("id") ON DELETE cascade ON UPDATE no action;