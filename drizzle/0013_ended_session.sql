CREATE TABLE "ended_session" (
	"id" text PRIMARY KEY NOT NULL,
	"ends" timestamp with time zone NOT NULL
);
