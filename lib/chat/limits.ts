/** How much a conversation holds. */
export const LIMITS = {
  /** Characters of a question. */
  question: 10_000,
  /** Characters of a reply. */
  reply: 200_000,
  turns: 200,
  pictures: 40,
  models: 4,
  /** Replies of a turn, those of all models and tries. */
  replies: 24,
  /** Longer side of a picture, pixels: larger ones are made smaller before they come in. */
  pictureSide: 1_536,
  /** Characters of a picture's data URL. */
  pictureUrl: 2_000_000,
} as const;
