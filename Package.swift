// swift-tools-version: 6.1
import Foundation
import PackageDescription

/// The pkg-config name of the MPI library: `ompi-c` is Open MPI, `mpich` is MPICH.
let messagePassingLibrary = ProcessInfo.processInfo.environment["UNFOLD_MPI"] ?? "ompi-c"

let package = Package(
  name: "unfold",
  products: [
    .library(name: "Unfold", targets: ["Unfold"]),
    .executable(name: "unfold", targets: ["UnfoldCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    .systemLibrary(name: "CMPI", pkgConfig: messagePassingLibrary),
    .target(name: "CMessagePassing", dependencies: ["CMPI"]),
    .target(name: "CKernels"),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
    .target(name: "Files", dependencies: ["CCrypto"]),
    .target(name: "Storage"),
    .target(name: "Workers", dependencies: ["CKernels", "Storage"]),
    .target(
      name: "Communication",
      dependencies: ["CMessagePassing", "CKernels", "Files", "Storage", "Workers"]),
    .target(name: "SequenceData", dependencies: ["CKernels", "CZlib", "Files", "Storage"]),
    .target(name: "Recurrent", dependencies: ["Storage", "CKernels", "Workers"]),
    .target(name: "Optimization", dependencies: ["Storage", "CKernels", "Workers"]),
    .target(name: "Settings", dependencies: ["Files", "Yams"]),
    .target(name: "Checkpoints", dependencies: ["Files"]),
    .target(name: "Tracking", dependencies: ["Files"]),
    .target(
      name: "Training",
      dependencies: [
        "CKernels", "Files", "Storage", "Workers", "Communication", "SequenceData", "Recurrent",
        "Optimization", "Settings", "Checkpoints", "Tracking",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "Export",
      dependencies: [
        "Files", "Recurrent", "SequenceData", "Settings", "Storage", "Training",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    .target(
      name: "Sweeps",
      dependencies: [
        "Files", "Communication", "SequenceData", "Settings", "Training",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(
      name: "Unfold",
      dependencies: ["Communication", "Recurrent", "Settings", "Storage", "Training"]),
    .executableTarget(
      name: "UnfoldCommand",
      dependencies: [
        "Export", "Files", "Sweeps", "Unfold",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),

    .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .executableTarget(
      name: "RankProbe", dependencies: ["Unfold", "AllocationCounter"], path: "Tests/RankProbe"),
    .executableTarget(
      name: "ReaderFuzz",
      dependencies: [
        "Checkpoints", "Communication", "Files", "SequenceData", "Settings", "TestSupport",
        "Training", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Tests/ReaderFuzz"),
    .testTarget(name: "KernelTests", dependencies: ["CKernels", "Storage"]),
    .testTarget(name: "FilesTests", dependencies: ["Files"]),
    .testTarget(name: "StorageTests", dependencies: ["Storage"]),
    .testTarget(name: "WorkersTests", dependencies: ["Workers", "AllocationCounter"]),
    .testTarget(
      name: "CommunicationTests",
      dependencies: ["CMessagePassing", "Communication", "Storage", "Workers"]),
    .testTarget(
      name: "SequenceDataTests",
      dependencies: ["SequenceData", "Storage", "AllocationCounter", "TestSupport"]),
    .testTarget(
      name: "RecurrentTests",
      dependencies: [
        "Recurrent", "CKernels", "Checkpoints", "Storage", "Workers", "AllocationCounter",
        "TestSupport",
      ]),
    .testTarget(
      name: "OptimizationTests",
      dependencies: ["Optimization", "Checkpoints", "Storage", "Workers", "AllocationCounter"]),
    .testTarget(name: "SettingsTests", dependencies: ["Settings", "TestSupport"]),
    .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints", "Files"]),
    .testTarget(name: "TrackingTests", dependencies: ["Tracking", "Files", "TestSupport"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "CKernels", "Checkpoints", "Communication", "Files", "Recurrent",
        "SequenceData", "Settings", "Storage", "Workers", "AllocationCounter", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(
      name: "ExportTests",
      dependencies: [
        "Export", "Communication", "Files", "Settings", "TestSupport", "Training",
      ]),
    .testTarget(name: "SweepsTests", dependencies: ["Sweeps"]),
    .testTarget(name: "UnfoldTests", dependencies: ["Unfold", "Yams"]),
    .testTarget(
      name: "UnfoldCommandTests",
      dependencies: ["UnfoldCommand", "RankProbe", "ReaderFuzz", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
