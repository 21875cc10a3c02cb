// Numbers of fields and cases are those of TensorBoard's summary.proto, tensor.proto, types.proto and, for
// hyperparameters, plugin_data.proto.

extension SummaryValue {
  /// Writes the fields of a `Summary.Value`.
  func encode(to message: inout ProtobufMessage) {
    message.add(1, text: tag)
    switch content {
    case .scalar(let value):
      message.add(2, float: Float(value))
    case .text(let text):
      message.add(8) { tensor in
        tensor.add(1, integer: 7)  // DT_STRING
        tensor.add(2) { _ in }  // a shape without dimensions
        tensor.add(8, text: text)
      }
      encode(plugin: "text", to: &message)
    case .picture(let picture):
      message.add(4) { image in
        image.add(1, integer: picture.height)
        image.add(2, integer: picture.width)
        image.add(4, bytes: picture.bytes)
      }
    case .hyperparameters(let parameters, let start):
      encodeEmptyTensor(to: &message)
      encode(plugin: "hparams", to: &message) { data in
        data.add(3) { session in
          // As a map is written that is to have the same bytes each time.
          for parameter in parameters.sorted(by: { $0.name < $1.name }) {
            session.add(1) { parameter.encode(to: &$0) }
          }
          session.add(5, double: start)
        }
      }
    case .end(let time):
      encodeEmptyTensor(to: &message)
      encode(plugin: "hparams", to: &message) { data in
        data.add(4) { session in
          session.add(1, integer: 1)  // STATUS_SUCCESS
          session.add(2, double: time)
        }
      }
    }
  }

  /// Says which plugin shows the value, and what it is told.
  private func encode(
    plugin: String, to message: inout ProtobufMessage,
    _ content: ((inout ProtobufMessage) -> Void)? = nil
  ) {
    message.add(9) { metadata in
      metadata.add(1) { data in
        data.add(1, text: plugin)
        if let content { data.add(2, content) }
      }
    }
  }

  /// A value must be there, also where everything is said to the plugin.
  private func encodeEmptyTensor(to message: inout ProtobufMessage) {
    message.add(8) { tensor in
      tensor.add(1, integer: 1)  // DT_FLOAT
      tensor.add(2) { shape in
        shape.add(2) { _ in }  // a dimension of 0
      }
    }
  }
}

extension SummaryValue.Hyperparameter {
  /// Writes an entry of the map from names to `google.protobuf.Value`.
  fileprivate func encode(to entry: inout ProtobufMessage) {
    entry.add(1, text: name)
    entry.add(2) { message in
      switch value {
      case .number(let number): message.add(2, double: number)
      case .text(let text): message.add(3, text: text)
      case .flag(let flag): message.add(4, integer: flag ? 1 : 0)
      }
    }
  }
}
