/// What an array in NumPy's format (NEP 1, versions 1 to 3) says about itself.
struct NPYHeader: Sendable {
  /// How a number lies in the file; nil with a type that is not read.
  let encoding: NumberEncoding?
  /// The type, as NumPy writes it.
  let typeName: String
  let isColumnMajor: Bool
  let shape: [Int]
  /// The bytes before the first number.
  let size: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// NumPy itself refuses longer ones.
  private static let longest = 10_000

  /// Reads the beginning of an array.
  ///
  /// - Parameters:
  ///   - part: the array with its header.
  ///   - file: the file that it is a part of.
  ///   - name: what it is called in messages.
  /// - Throws: `badTable`.
  init(_ part: FilePart, in file: SourceFile, name: String) throws(SequenceDataError) {
    func refuse(_ reason: String) -> SequenceDataError {
      .badTable(path: file.path, reason: "\(name) \(reason); save it again with numpy.save")
    }
    let reader = PartReader(file, part, name: name, longest: Self.longest)
    func bytes(_ count: Int) throws(SequenceDataError) -> [UInt8] {
      Array(UnsafeRawBufferPointer(start: try reader.take(count), count: count))
    }
    let beginning = try bytes(8)
    guard beginning.starts(with: Self.magic) else { throw refuse("does not begin as an array") }
    let isShort = beginning[6] == 1
    guard (1...3).contains(beginning[6]) else {
      throw refuse("is of version \(beginning[6]), expected 1, 2 or 3")
    }
    let lengthBytes = try bytes(isShort ? 2 : 4)
    let length =
      isShort
      ? Int(lengthBytes.littleEndian(at: 0, as: UInt16.self))
      : Int(lengthBytes.littleEndian(at: 0, as: UInt32.self))
    guard length <= Self.longest else { throw refuse("has a header of \(length) bytes") }
    let text = String(decoding: try bytes(length), as: UTF8.self)
    guard let order = text.firstMatch(of: #/'fortran_order'\s*:\s*(True|False)/#)?.1,
      let numbers = text.firstMatch(of: #/'shape'\s*:\s*\(([^()]*)\)/#)?.1
    else { throw refuse("has a header that cannot be read") }
    let words = numbers.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    let shape = words.compactMap { Int($0) }
    guard shape.count == words.count, shape.allSatisfy({ $0 >= 0 }) else {
      throw refuse("has a shape that cannot be read")
    }
    let type = text.firstMatch(of: #/'descr'\s*:\s*'([^']*)'/#).map { String($0.1) }
    typeName = type ?? "a record of several"
    encoding = type.flatMap { Self.encoding(ofType: $0) }
    isColumnMajor = order == "True"
    self.shape = shape
    size = 8 + lengthBytes.count + length
  }

  private static func encoding(ofType type: String) -> NumberEncoding? {
    let characters = Array(type)
    guard characters.count == 3, "<>|=".contains(characters[0]),
      let size = characters[2].wholeNumberValue
    else { return nil }
    let isBigEndian = characters[0] == ">"
    switch (characters[1], size) {
    case ("f", 4), ("f", 8):
      return NumberEncoding(kind: .float, size: size, isBigEndian: isBigEndian)
    case ("i", 1), ("i", 2), ("i", 4), ("i", 8):
      return NumberEncoding(kind: .signed, size: size, isBigEndian: isBigEndian)
    case ("u", 1), ("u", 2), ("u", 4), ("u", 8):
      return NumberEncoding(kind: .unsigned, size: size, isBigEndian: isBigEndian)
    case ("b", 1): return NumberEncoding(kind: .boolean, size: 1)
    default: return nil
    }
  }

  /// The array as a matrix: [T] is one column, [T, C] are C.
  ///
  /// - Parameters:
  ///   - part: the array with its header.
  ///   - name: what it is called in messages.
  func matrix(_ part: FilePart, name: String) -> NumberMatrix {
    var matrix = NumberMatrix(
      name: name, encoding: encoding ?? NumberEncoding(kind: .float, size: 8),
      rows: shape.first ?? 0, columns: shape.count == 2 ? shape[1] : 1,
      isColumnMajor: isColumnMajor && shape.count == 2 && shape[1] > 1, part: part,
      headerSize: size)
    matrix.problem = problem(of: matrix)
    // What cannot be read has one column, so that its name can be chosen and the reason is told.
    if matrix.problem != nil { matrix.columns = 1 }
    return matrix
  }

  private func problem(of matrix: NumberMatrix) -> String? {
    guard encoding != nil else {
      return "holds numbers of the type \(SequenceDataError.excerpt(typeName)); expected float32, "
        + "float64, integers or bool, so save it with astype(\"float32\")"
    }
    guard (1...2).contains(shape.count), matrix.columns > 0 else {
      let sizes =
        shape.prefix(4).map { "\($0)" }.joined(separator: ", ") + (shape.count > 4 ? ", …" : "")
      return "has the shape (\(sizes)); expected (time steps,) or (time steps, columns)"
    }
    let (count, isTooMany) = matrix.rows.multipliedReportingOverflow(by: matrix.columns)
    let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: matrix.encoding.size)
    let there = matrix.part.contentCount - size
    guard !isTooMany, !isTooLarge, bytes == there else {
      return "says that it has \(matrix.rows) rows of \(matrix.columns) numbers of "
        + "\(matrix.encoding.size) bytes, but has \(there) bytes of numbers; copy or save it again"
    }
    return nil
  }
}
