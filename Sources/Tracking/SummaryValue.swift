/// One thing that TensorBoard shows, with the name under which it does.
package struct SummaryValue: Sendable, Equatable {
  /// What is shown, and by which of TensorBoard's plugins.
  package enum Content: Sendable, Equatable {
    /// A point of a curve.
    case scalar(Double)
    /// A text in Markdown.
    case text(String)
    /// A picture.
    case picture(PNGPicture)
    /// What the run was told, and when it began, in seconds since 1970.
    case hyperparameters([Hyperparameter], start: Double)
    /// The run is done, at so many seconds since 1970.
    case end(Double)
  }

  /// A setting of the run.
  package struct Hyperparameter: Sendable, Equatable {
    /// What kind of column a table has for it.
    package enum Value: Sendable, Equatable {
      case flag(Bool)
      case number(Double)
      case text(String)
    }

    /// The setting's name.
    package let name: String
    /// Its value.
    package let value: Value

    /// A setting of this name and value.
    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }

  /// The name; what stands before its first slash is the group that it is shown in.
  package let tag: String
  /// What is shown.
  package let content: Content

  private init(tag: String, _ content: Content) {
    self.tag = tag
    self.content = content
  }

  /// A point of the curve `tag`.
  package static func scalar(_ tag: String, _ value: Double) -> SummaryValue {
    SummaryValue(tag: tag, .scalar(value))
  }

  /// A text in Markdown.
  package static func text(_ tag: String, _ markdown: String) -> SummaryValue {
    SummaryValue(tag: tag, .text(markdown))
  }

  /// A picture.
  package static func picture(_ tag: String, _ picture: PNGPicture) -> SummaryValue {
    SummaryValue(tag: tag, .picture(picture))
  }

  /// What the run was told. Readers want no two of one name.
  ///
  /// - Parameters:
  ///   - parameters: the settings.
  ///   - start: when the run began, in seconds since 1970.
  package static func hyperparameters(
    _ parameters: [Hyperparameter], start: Double
  ) -> SummaryValue {
    SummaryValue(
      tag: "_hparams_/session_start_info", .hyperparameters(parameters, start: start))
  }

  /// The run is done.
  ///
  /// - Parameter time: when, in seconds since 1970.
  package static func end(_ time: Double) -> SummaryValue {
    SummaryValue(tag: "_hparams_/session_end_info", .end(time))
  }
}
