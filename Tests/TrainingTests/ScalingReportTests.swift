import Foundation
import TestSupport
import Testing
import Training

/// Text, CSV and page hold what was measured and what is predicted.
struct ScalingReportTests {
  private let report: ScalingReport

  init() throws {
    let measurements = SyntheticCluster().measure(
      try scalingPlan(ranks: [1, 2, 4]), rounds: 2)
    report = ScalingReport(name: "a <b> & \"c\"", measurements, assumedLatency: 2e-5)
  }

  private func cells(_ csv: String) -> [[Substring]] {
    csv.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  }

  @Test func textSaysWhatIsMeasuredAndWhatIsNot() {
    let text = report.text
    for words in [
      "strong scaling, measured", "weak scaling, measured", "Residuals", "35.0 µs, fitted",
      "1.00 Gbit/s, fitted", "strong scaling, prediction", "Not measured", "knee", "100 Gbit/s",
    ] {
      #expect(text.contains(words), "\(words) in:\n\(text)")
    }
  }

  @Test func anAssumedLatencyIsCalledSo() throws {
    let measurements = SyntheticCluster().measure(try scalingPlan(ranks: [1, 2]))
    let text = ScalingReport(name: "x", measurements, assumedLatency: 2e-5).text
    #expect(text.contains("20.0 µs, assumed"), "\(text)")
  }

  @Test func everyRoundHasALine() throws {
    let lines = cells(report.measurements.csv(report.model))
    #expect(lines.count == 1 + 2 * 3 * 2)
    #expect(lines.allSatisfy { $0.count == lines[0].count })
    let speed = try #require(lines[0].firstIndex(of: "tokens_per_second"))
    let expected = SyntheticCluster().round(report.measurements.plan.points[0]).tokensPerSecond
    #expect(abs((Double(lines[1][speed]) ?? 0) - expected) < 0.1)
    // The model is exact here.
    let (step, model) = (
      try #require(lines[0].firstIndex(of: "step_ms")),
      try #require(lines[0].firstIndex(of: "model_ms"))
    )
    #expect(lines.allSatisfy { $0[step] == $0[model] || $0[step] == "step_ms" })
    #expect(cells(report.measurements.csv()).dropFirst().allSatisfy { $0[model].isEmpty })
  }

  @Test func everyPredictionHasALineAndEveryKneeAMark() {
    let lines = cells(report.predictionsCSV)
    #expect(lines.allSatisfy { $0.count == lines[0].count })
    #expect(lines.count == 1 + 2 * 4 * 11)
    let knees = report.curves.count { $0.knee != nil }
    #expect(lines.dropFirst().count { $0.last == "1" } == knees && knees > 0)
  }

  private func requireOneWholePage(_ page: String) {
    #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
    for part in ["<script", "<link", "<img", "@import", "src=", "url(http", "href=\"http"] {
      #expect(!page.contains(part), "\(part)")
    }
  }

  @Test func thePageEscapesText() {
    let page = report.html(pictures: [(caption: "1 < 2", svg: "<svg></svg>")])
    requireOneWholePage(page)
    #expect(page.contains("<title>a &lt;b&gt; &amp; &quot;c&quot;: scaling</title>"))
    #expect(page.contains("<svg></svg>") && page.contains("1 &lt; 2") && !page.contains("<b>"))
    // Every section is a table, every line of it a row.
    #expect(page.components(separatedBy: "<table>").count == 1 + 6)
  }

  @Test(.enabled(if: Gnuplot() != nil, "gnuplot is not installed"))
  func thePageHasItsPlotsInline() throws {
    let folder = try TestFolder()
    let gnuplot = try #require(Gnuplot())
    let page = try report.html(gnuplot, errorsTo: folder("log"))
    requireOneWholePage(page)
    #expect(page.components(separatedBy: "<svg").count == 1 + 5)
    #expect(page.contains("strong") && page.contains("ideal") && page.contains("100 Gbit/s"))
    #expect(try folder.text("log") == "")
    #expect(throws: Gnuplot.Failure.self) {
      try gnuplot.svg("no such command\n", errorsTo: folder("log"))
    }
  }

  @Test func gnuplotThatIsNotThereIsNotFound() {
    #expect(Gnuplot(path: "/absent:/absent/too") == nil)
    #expect(Gnuplot(path: "") == nil)
  }
}
