import CKernels
import Storage

extension UnfoldStart {
  /// Sums that start from zero.
  static var zero: UnfoldStart { UnfoldStart() }

  /// Sums whose every row starts from the same values.
  static func bias(_ values: FloatPointer) -> UnfoldStart {
    UnfoldStart(values: values, stride: 0, rows: nil)
  }

  /// Sums of which each row starts from the row of a table that its symbol names.
  static func rows(
    of table: UnsafePointer<Float>, width: Int, _ symbols: UnsafePointer<Int32>
  ) -> UnfoldStart {
    UnfoldStart(values: table, stride: width, rows: symbols)
  }

  /// Sums that go on from what is there.
  static func existing(_ values: FloatPointer, width: Int) -> UnfoldStart {
    UnfoldStart(values: values, stride: width, rows: nil)
  }
}
