extension ScalingReport {
  /// One page that needs no other file: every section as a table, then the pictures.
  ///
  /// - Parameters:
  ///   - gnuplot: draws them.
  ///   - log: a file to which its messages are appended.
  /// - Throws: `Gnuplot.Failure`, `FileError` of the log, `ChildProcess.Interrupted`.
  package func html(_ gnuplot: Gnuplot, errorsTo log: String) throws -> String {
    try html(
      pictures: ScalingPlots(self).all.map { plot in
        (caption: plot.caption, svg: try gnuplot.svg(plot.script, errorsTo: log))
      })
  }

  /// The page with these pictures, which are taken as they are.
  package func html(pictures: [(caption: String, svg: String)]) -> String {
    let title = HTML.escaped("\(name): scaling")
    let tables = sections.map { section in
      "<h2>\(HTML.escaped(section.title))</h2>\n"
        + section.notes.map { "<p>\(HTML.escaped($0))</p>\n" }.joined()
        + HTML.table(section.lines)
    }
    let figures = pictures.map { picture in
      "<figure>\n\(picture.svg)\n<figcaption>\(HTML.escaped(picture.caption))</figcaption>\n"
        + "</figure>\n"
    }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <title>\(title)</title>
      <style>
      body { font-family: sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; }
      table { border-collapse: collapse; }
      td, th { border-bottom: 1px solid #ddd; padding: 0.2em 0.8em; text-align: right; }
      td:first-child, th:first-child { text-align: left; }
      figure { margin: 2em 0; max-width: 50em; }
      </style>
      </head>
      <body>
      <h1>\(title)</h1>
      \(figures.joined())\(tables.joined())</body>
      </html>

      """
  }
}

/// Text as HTML.
private enum HTML {
  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }

  /// The first line is the header.
  static func table(_ lines: [[String]]) -> String {
    let rows = lines.enumerated().map { index, cells in
      let tag = index == 0 ? "th" : "td"
      return "<tr>" + cells.map { "<\(tag)>\(escaped($0))</\(tag)>" }.joined() + "</tr>\n"
    }
    return "<table>\n" + rows.joined() + "</table>\n"
  }
}
