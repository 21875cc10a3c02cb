/// A part of the gradients that is complete at once: a layer, the readout, the embedding's rows.
package struct GradientRegion {
  /// Its place in a gradient arena; of a table, that of all rows.
  package let range: Range<Int>
  /// The only rows of a table that have gradients, if the others are left alone. They lie packed at
  /// the end of `range`.
  package let rows: TouchedRows?

  package init(_ range: Range<Int>, rows: TouchedRows? = nil) {
    self.range = range
    self.rows = rows
  }

  /// The floats that hold gradients.
  package var values: Range<Int> {
    range.lowerBound + (rows?.packedStart ?? 0)..<range.upperBound
  }

  /// Makes all gradients zero.
  package func clear(_ gradients: FloatPointer) {
    (gradients + values.lowerBound).update(repeating: 0, count: values.count)
  }

  /// Moves packed rows to their places and makes all others zero; the region is dense then.
  package func unpack(_ gradients: FloatPointer) { rows?.unpack(gradients + range.lowerBound) }
}
