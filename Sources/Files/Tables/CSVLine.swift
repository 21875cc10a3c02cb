extension [String] {
  /// The fields as a line of RFC 4180: in quotes where they hold something that would end them.
  package var csvLine: String {
    map { field in
      field.contains { $0 == "," || $0 == "\"" || $0.isNewline }
        ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }.joined(separator: ",") + "\n"
  }
}
