import Files

/// A C compiler, which builds a header's self-test and runs it.
struct CompilerReader {
  /// Strict C99, where every warning is an error.
  static let options = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-O2"]

  /// The largest difference that the self-test prints.
  ///
  /// - Parameters:
  ///   - path: the header.
  ///   - macro: what turns the self-test on.
  /// - Throws: `ExportError.noReader`, `ExportError.unreadable`, `ChildProcess.Interrupted`.
  func difference(_ path: String, macro: String) throws -> Double {
    let folder = try TemporaryFolder()
    let (program, log) = (folder("self-test"), folder("errors"))
    let build =
      ["cc"] + Self.options + ["-D\(macro)", "-x", "c", path, "-o", program, "-lm"]
    let built = try ChildProcess.run(build, errorsTo: log)
    guard built.status != 127 else {
      throw ExportError.noReader(path: path, needs: "a C compiler as cc (apt-get install gcc)")
    }
    guard built.status == 0 else {
      throw ExportError.unreadable(path: path, problem: folder.lastLine(of: log))
    }
    let result = try ChildProcess.run([program], errorsTo: log)
    // 1 is the self-test's own verdict, which the caller comes to by the number.
    let words = String(decoding: result.output, as: UTF8.self).split(separator: " ").first
    guard result.status <= 1, let difference = words.flatMap({ Double($0) }) else {
      throw ExportError.unreadable(
        path: path, problem: "its self-test ended with \(result.status)")
    }
    return difference
  }
}
