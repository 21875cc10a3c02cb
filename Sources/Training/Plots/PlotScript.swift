/// What the scripts of all pictures have in common: how they look, and how they carry data and texts.
enum PlotScript {
  /// The kinds of picture files.
  enum Terminal { case svg, png }

  static let blue = "#1f6f8b"
  static let yellow = "#e3a857"
  static let red = "#b03a2e"
  static let green = "#5b8c5a"
  static let violet = "#7a5195"
  static let grey = "#999999"
  /// Told apart in this order.
  static let colours = [blue, yellow, red, green, violet, grey]

  /// What a script begins with.
  ///
  /// - Parameters:
  ///   - terminal: the kind of picture.
  ///   - width: in pixels.
  ///   - height: in pixels.
  ///   - name: of letters, digits and underscores; it keeps the pictures of one page of HTML apart.
  static func start(_ terminal: Terminal, width: Int, height: Int, name: String) -> String {
    let kind =
      switch terminal {
      // Fonts are in pixels here and in points there, which are larger.
      case .svg: #"svg size \#(width),\#(height) dynamic noenhanced font "sans-serif,13""#
      case .png: #"pngcairo size \#(width),\#(height) noenhanced font "sans-serif,10""#
      }
    let page = #"background "white""# + (terminal == .svg ? #" name "\#(name)""# : "")
    return """
      set encoding utf8
      set terminal \(kind) \(page)
      set border 3
      set xtics nomirror
      set ytics nomirror
      set grid ytics
      set key outside right top

      """
  }

  /// The axis that points up.
  ///
  /// - Parameter scale: its powers of ten; nil for a linear one.
  static func upwards(_ scale: LogScale?) -> String {
    guard let scale else {
      return """
        unset logscale y
        set yrange [*:*]
        set ytics autofreq

        """
    }
    return """
      set logscale y
      set yrange [\(scale.range.lowerBound):\(scale.range.upperBound)]
      set ytics (\(scale.marks.map { "\($0)" }.joined(separator: ", ")))

      """
  }

  /// A named block of data.
  static func block(_ name: String, _ lines: [String]) -> String {
    "$\(name) << EOD\n" + lines.map { $0 + "\n" }.joined() + "EOD\n"
  }

  /// A text that gnuplot takes as it is: within single quotes it runs no command and knows no escape.
  static func quoted(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return "'\(line.replacing("'", with: "''"))'"
  }
}
