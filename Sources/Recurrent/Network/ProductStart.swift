import CKernels
import Storage

/// What the sums of a product start from.
struct ProductStart: Sendable {
  /// The first values; nil for zero.
  private(set) var values: Common<Float>?
  /// From one row's values to the next row's.
  private var stride = 0
  /// The row of `values` that each row starts from, if it is not its own.
  private(set) var rows: Common<Int32>?

  /// Sums that start from zero.
  static var zero: ProductStart { ProductStart() }

  /// Sums whose every row starts from the same values.
  static func bias(_ values: FloatPointer) -> ProductStart {
    ProductStart(values: Common(values))
  }

  /// Sums of which each row starts from the row of a table that its symbol names.
  static func rows(
    of table: UnsafePointer<Float>, width: Int, _ symbols: UnsafePointer<Int32>
  ) -> ProductStart {
    ProductStart(values: Common(table), stride: width, rows: Common(symbols))
  }

  /// Sums that go on from what is there.
  static func existing(_ values: FloatPointer, width: Int) -> ProductStart {
    ProductStart(values: Common(values), stride: width)
  }

  /// The same from a later row on.
  func advanced(by count: Int) -> ProductStart {
    var start = self
    if let rows {
      start.rows = Common(rows.base + count)
    } else if let values {
      start.values = Common(values.base + count * stride)
    }
    return start
  }

  /// The same for kernels.
  var kernelStart: UnfoldStart {
    UnfoldStart(values: values?.base, stride: stride, rows: rows?.base)
  }
}
