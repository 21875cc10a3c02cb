import Foundation
import SwiftProtobuf

extension ONNX {
  /// `TensorProto.DataType`.
  enum ElementType {
    static let float: Int32 = 1
    static let int64: Int32 = 7
  }

  /// Numbers with a name.
  struct Tensor: ONNXMessage {
    static let protoMessageName = "onnx.TensorProto"

    var dimensions: [Int64] = []
    /// One of ``ElementType``.
    var elementType: Int32 = 0
    var name: String = ""
    /// `raw_data`: the numbers row by row, little-endian.
    var bytes: Data = Data()
    var unknownFields = UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
      while let number = try decoder.nextFieldNumber() {
        switch number {
        case 1: try decoder.decodeRepeatedInt64Field(value: &dimensions)
        case 2: try decoder.decodeSingularInt32Field(value: &elementType)
        case 8: try decoder.decodeSingularStringField(value: &name)
        case 9: try decoder.decodeSingularBytesField(value: &bytes)
        default: break
        }
      }
    }

    func traverse<V: Visitor>(visitor: inout V) throws {
      if !dimensions.isEmpty {
        try visitor.visitPackedInt64Field(value: dimensions, fieldNumber: 1)
      }
      if elementType != 0 {
        try visitor.visitSingularInt32Field(value: elementType, fieldNumber: 2)
      }
      if !name.isEmpty { try visitor.visitSingularStringField(value: name, fieldNumber: 8) }
      if !bytes.isEmpty { try visitor.visitSingularBytesField(value: bytes, fieldNumber: 9) }
      try unknownFields.traverse(visitor: &visitor)
    }
  }

  /// The name and type of an input or an output.
  struct ValueInfo: ONNXMessage {
    static let protoMessageName = "onnx.ValueInfoProto"

    var name: String = ""
    var type: ValueType?
    var unknownFields = UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
      while let number = try decoder.nextFieldNumber() {
        switch number {
        case 1: try decoder.decodeSingularStringField(value: &name)
        case 2: try decoder.decodeSingularMessageField(value: &type)
        default: break
        }
      }
    }

    func traverse<V: Visitor>(visitor: inout V) throws {
      if !name.isEmpty { try visitor.visitSingularStringField(value: name, fieldNumber: 1) }
      if let type { try visitor.visitSingularMessageField(value: type, fieldNumber: 2) }
      try unknownFields.traverse(visitor: &visitor)
    }
  }

  /// The type of a value, which is always a tensor here.
  struct ValueType: ONNXMessage {
    static let protoMessageName = "onnx.TypeProto"

    var tensor: TensorType?
    var unknownFields = UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
      while let number = try decoder.nextFieldNumber() {
        switch number {
        case 1: try decoder.decodeSingularMessageField(value: &tensor)
        default: break
        }
      }
    }

    func traverse<V: Visitor>(visitor: inout V) throws {
      if let tensor { try visitor.visitSingularMessageField(value: tensor, fieldNumber: 1) }
      try unknownFields.traverse(visitor: &visitor)
    }
  }

  /// The type of a tensor.
  struct TensorType: ONNXMessage {
    static let protoMessageName = "onnx.TypeProto.Tensor"

    /// One of ``ElementType``.
    var elementType: Int32 = 0
    var shape: Shape?
    var unknownFields = UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
      while let number = try decoder.nextFieldNumber() {
        switch number {
        case 1: try decoder.decodeSingularInt32Field(value: &elementType)
        case 2: try decoder.decodeSingularMessageField(value: &shape)
        default: break
        }
      }
    }

    func traverse<V: Visitor>(visitor: inout V) throws {
      if elementType != 0 {
        try visitor.visitSingularInt32Field(value: elementType, fieldNumber: 1)
      }
      if let shape { try visitor.visitSingularMessageField(value: shape, fieldNumber: 2) }
      try unknownFields.traverse(visitor: &visitor)
    }
  }

  /// The axes of a tensor.
  struct Shape: ONNXMessage {
    static let protoMessageName = "onnx.TensorShapeProto"

    var axes: [Axis] = []
    var unknownFields = UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
      while let number = try decoder.nextFieldNumber() {
        switch number {
        case 1: try decoder.decodeRepeatedMessageField(value: &axes)
        default: break
        }
      }
    }

    func traverse<V: Visitor>(visitor: inout V) throws {
      if !axes.isEmpty { try visitor.visitRepeatedMessageField(value: axes, fieldNumber: 1) }
      try unknownFields.traverse(visitor: &visitor)
    }
  }

  /// An axis: a size, or a name for one that may vary.
  struct Axis: ONNXMessage {
    static let protoMessageName = "onnx.TensorShapeProto.Dimension"

    var size: Int64?
    var name: String = ""
    var unknownFields = UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
      while let number = try decoder.nextFieldNumber() {
        switch number {
        case 1: try decoder.decodeSingularInt64Field(value: &size)
        case 2: try decoder.decodeSingularStringField(value: &name)
        default: break
        }
      }
    }

    func traverse<V: Visitor>(visitor: inout V) throws {
      if let size { try visitor.visitSingularInt64Field(value: size, fieldNumber: 1) }
      if !name.isEmpty { try visitor.visitSingularStringField(value: name, fieldNumber: 2) }
      try unknownFields.traverse(visitor: &visitor)
    }
  }
}
