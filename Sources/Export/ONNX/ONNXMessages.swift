import Foundation
import SwiftProtobuf

/// The messages of onnx.proto, with the fields that an exported network has, in the form that
/// protoc-gen-swift gives them. What else a file has is kept in `unknownFields`.
enum ONNX {
  /// A whole file.
  struct Model: ONNXMessage {
    static let protoMessageName = "onnx.ModelProto"

    /// The version of onnx.proto.
    var irVersion: Int64 = 0
    var producerName: String = ""
    var graph: Graph?
    /// Which operators the nodes are of.
    var operatorSets: [OperatorSet] = []
    var metadata: [Entry] = []
    var unknownFields = UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
      while let number = try decoder.nextFieldNumber() {
        switch number {
        case 1: try decoder.decodeSingularInt64Field(value: &irVersion)
        case 2: try decoder.decodeSingularStringField(value: &producerName)
        case 7: try decoder.decodeSingularMessageField(value: &graph)
        case 8: try decoder.decodeRepeatedMessageField(value: &operatorSets)
        case 14: try decoder.decodeRepeatedMessageField(value: &metadata)
        default: break
        }
      }
    }

    func traverse<V: Visitor>(visitor: inout V) throws {
      if irVersion != 0 { try visitor.visitSingularInt64Field(value: irVersion, fieldNumber: 1) }
      if !producerName.isEmpty {
        try visitor.visitSingularStringField(value: producerName, fieldNumber: 2)
      }
      if let graph { try visitor.visitSingularMessageField(value: graph, fieldNumber: 7) }
      if !operatorSets.isEmpty {
        try visitor.visitRepeatedMessageField(value: operatorSets, fieldNumber: 8)
      }
      if !metadata.isEmpty {
        try visitor.visitRepeatedMessageField(value: metadata, fieldNumber: 14)
      }
      try unknownFields.traverse(visitor: &visitor)
    }
  }

  /// A version of the operators.
  struct OperatorSet: ONNXMessage {
    static let protoMessageName = "onnx.OperatorSetIdProto"

    /// Empty for ONNX's own.
    var domain: String = ""
    var version: Int64 = 0
    var unknownFields = UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
      while let number = try decoder.nextFieldNumber() {
        switch number {
        case 1: try decoder.decodeSingularStringField(value: &domain)
        case 2: try decoder.decodeSingularInt64Field(value: &version)
        default: break
        }
      }
    }

    func traverse<V: Visitor>(visitor: inout V) throws {
      if !domain.isEmpty { try visitor.visitSingularStringField(value: domain, fieldNumber: 1) }
      if version != 0 { try visitor.visitSingularInt64Field(value: version, fieldNumber: 2) }
      try unknownFields.traverse(visitor: &visitor)
    }
  }

  /// Something said of a model.
  struct Entry: ONNXMessage {
    static let protoMessageName = "onnx.StringStringEntryProto"

    var key: String = ""
    var value: String = ""
    var unknownFields = UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
      while let number = try decoder.nextFieldNumber() {
        switch number {
        case 1: try decoder.decodeSingularStringField(value: &key)
        case 2: try decoder.decodeSingularStringField(value: &value)
        default: break
        }
      }
    }

    func traverse<V: Visitor>(visitor: inout V) throws {
      if !key.isEmpty { try visitor.visitSingularStringField(value: key, fieldNumber: 1) }
      if !value.isEmpty { try visitor.visitSingularStringField(value: value, fieldNumber: 2) }
      try unknownFields.traverse(visitor: &visitor)
    }
  }

  /// What is computed.
  struct Graph: ONNXMessage {
    static let protoMessageName = "onnx.GraphProto"

    /// Each after those whose outputs it reads.
    var nodes: [Node] = []
    var name: String = ""
    /// The weights.
    var initializers: [Tensor] = []
    var inputs: [ValueInfo] = []
    var outputs: [ValueInfo] = []
    var unknownFields = UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
      while let number = try decoder.nextFieldNumber() {
        switch number {
        case 1: try decoder.decodeRepeatedMessageField(value: &nodes)
        case 2: try decoder.decodeSingularStringField(value: &name)
        case 5: try decoder.decodeRepeatedMessageField(value: &initializers)
        case 11: try decoder.decodeRepeatedMessageField(value: &inputs)
        case 12: try decoder.decodeRepeatedMessageField(value: &outputs)
        default: break
        }
      }
    }

    func traverse<V: Visitor>(visitor: inout V) throws {
      if !nodes.isEmpty { try visitor.visitRepeatedMessageField(value: nodes, fieldNumber: 1) }
      if !name.isEmpty { try visitor.visitSingularStringField(value: name, fieldNumber: 2) }
      if !initializers.isEmpty {
        try visitor.visitRepeatedMessageField(value: initializers, fieldNumber: 5)
      }
      if !inputs.isEmpty { try visitor.visitRepeatedMessageField(value: inputs, fieldNumber: 11) }
      if !outputs.isEmpty { try visitor.visitRepeatedMessageField(value: outputs, fieldNumber: 12) }
      try unknownFields.traverse(visitor: &visitor)
    }
  }

  /// An operation.
  struct Node: ONNXMessage {
    static let protoMessageName = "onnx.NodeProto"

    /// The names of values; empty for one that is left out.
    var inputs: [String] = []
    var outputs: [String] = []
    var name: String = ""
    var operation: String = ""
    var attributes: [Attribute] = []
    var unknownFields = UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
      while let number = try decoder.nextFieldNumber() {
        switch number {
        case 1: try decoder.decodeRepeatedStringField(value: &inputs)
        case 2: try decoder.decodeRepeatedStringField(value: &outputs)
        case 3: try decoder.decodeSingularStringField(value: &name)
        case 4: try decoder.decodeSingularStringField(value: &operation)
        case 5: try decoder.decodeRepeatedMessageField(value: &attributes)
        default: break
        }
      }
    }

    func traverse<V: Visitor>(visitor: inout V) throws {
      if !inputs.isEmpty { try visitor.visitRepeatedStringField(value: inputs, fieldNumber: 1) }
      if !outputs.isEmpty { try visitor.visitRepeatedStringField(value: outputs, fieldNumber: 2) }
      if !name.isEmpty { try visitor.visitSingularStringField(value: name, fieldNumber: 3) }
      if !operation.isEmpty {
        try visitor.visitSingularStringField(value: operation, fieldNumber: 4)
      }
      if !attributes.isEmpty {
        try visitor.visitRepeatedMessageField(value: attributes, fieldNumber: 5)
      }
      try unknownFields.traverse(visitor: &visitor)
    }
  }

  /// A constant of an operation: one of the three, by its kind.
  struct Attribute: ONNXMessage {
    static let protoMessageName = "onnx.AttributeProto"

    var name: String = ""
    var integer: Int64?
    var strings: [Data] = []
    /// `AttributeProto.AttributeType`: 2 for an integer, 8 for strings.
    var kind: Int32 = 0
    var unknownFields = UnknownStorage()

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
      while let number = try decoder.nextFieldNumber() {
        switch number {
        case 1: try decoder.decodeSingularStringField(value: &name)
        case 3: try decoder.decodeSingularInt64Field(value: &integer)
        case 9: try decoder.decodeRepeatedBytesField(value: &strings)
        case 20: try decoder.decodeSingularInt32Field(value: &kind)
        default: break
        }
      }
    }

    func traverse<V: Visitor>(visitor: inout V) throws {
      if !name.isEmpty { try visitor.visitSingularStringField(value: name, fieldNumber: 1) }
      if let integer { try visitor.visitSingularInt64Field(value: integer, fieldNumber: 3) }
      if !strings.isEmpty { try visitor.visitRepeatedBytesField(value: strings, fieldNumber: 9) }
      if kind != 0 { try visitor.visitSingularInt32Field(value: kind, fieldNumber: 20) }
      try unknownFields.traverse(visitor: &visitor)
    }
  }
}

/// What the messages have in common.
protocol ONNXMessage: Message, Equatable {}

extension ONNXMessage {
  func isEqualTo(message: any Message) -> Bool { (message as? Self) == self }
}
