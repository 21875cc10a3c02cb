/// How a table of numbers is written, which the file's name chooses.
package enum TableFormat: Sendable, Equatable {
  /// Text: a line of the columns' names, then a line for each row. NaN is an empty field.
  case csv
  /// An array of NumPy, [rows, columns] of float64. It has no place for the columns' names.
  case npy
  /// Sound: 32-bit floats, a channel for each column.
  case wav(samplesPerSecond: Int)
}

extension TableFormat {
  /// The format by the end of a file's name; without a file it is CSV, for standard output.
  ///
  /// - Parameters:
  ///   - path: the file's name.
  ///   - sampleRate: time steps per second, if the data have one.
  /// - Throws: `TableError`.
  package init(of path: String?, sampleRate: Double? = nil) throws(TableError) {
    guard let path else {
      self = .csv
      return
    }
    let name = path.split(separator: "/").last ?? ""
    let end = name.contains(".") ? name.split(separator: ".").last?.lowercased() : nil
    switch end {
    case "csv": self = .csv
    case "npy": self = .npy
    case "wav":
      guard let sampleRate else { throw .noSampleRate(path: path) }
      let rate = sampleRate.rounded()
      guard rate >= 1, rate <= Double(UInt32.max) else {
        throw .unusableSampleRate(path: path, rate: sampleRate)
      }
      self = .wav(samplesPerSecond: Int(rate))
    default: throw .unknownFormat(path: path)
    }
  }
}

/// A table cannot be written under its name.
package enum TableError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The name ends in none of the formats that there are.
  case unknownFormat(path: String)
  /// Sound is wanted of data that are none.
  case noSampleRate(path: String)
  /// A sample rate that a WAV file cannot have.
  case unusableSampleRate(path: String, rate: Double)

  package var description: String {
    switch self {
    case .unknownFormat(let path):
      "\(path): cannot tell the format; give a name that ends in .csv, .npy or .wav"
    case .noSampleRate(let path):
      "\(path): a WAV file needs a sample rate, and the data have none; give a name that ends in "
        + ".csv or .npy"
    case .unusableSampleRate(let path, let rate):
      "\(path): a WAV file cannot have \(rate) samples per second; give a name that ends in .csv "
        + "or .npy"
    }
  }
}
