/** What a spreadsheet made of a text, which is lost. A row is refused where such a cell is read. */
export class LostText {
  constructor(readonly what: string) {}
}
