import Foundation

/// Values as JSON text and back, for every file that Unfold writes: keys sorted, slashes plain, and
/// infinities and NaN, which JSON lacks, as the texts `inf`, `-inf` and `nan`.
package enum JSON {
  /// In one line, with its end.
  package static func line(_ value: some Encodable) -> String { text(value, []) }

  /// Over several lines, for files and people.
  package static func pretty(_ value: some Encodable) -> String { text(value, .prettyPrinted) }

  private static func text(
    _ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting
  ) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: positiveInfinity, negativeInfinity: negativeInfinity, nan: nan)
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    } catch {
      // Our types consist of texts, numbers, lists and optionals, each of which has a form.
      preconditionFailure("\(type(of: value)) has no JSON form: \(error)")
    }
  }

  /// The value that a text holds; nil if it holds none of this type.
  package static func value<Value: Decodable>(
    _ type: Value.Type = Value.self, from bytes: some Sequence<UInt8>
  ) -> Value? {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: positiveInfinity, negativeInfinity: negativeInfinity, nan: nan)
    return try? decoder.decode(type, from: Data(bytes))
  }

  private static let positiveInfinity = "inf"
  private static let negativeInfinity = "-inf"
  private static let nan = "nan"
}
