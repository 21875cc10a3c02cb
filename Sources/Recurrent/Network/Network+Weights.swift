import Storage
import Workers

extension Network {
  /// Where the parameters lie.
  package var layout: ParameterLayout { parameters.layout }

  /// Writes the initial parameters.
  package func initialize(_ weights: FloatPointer, seed: UInt64) {
    InitialWeights(seed: seed, description: description, cell: cell, parameters: parameters)
      .write(to: weights)
  }

  /// The floats that packed weights take.
  package var packedCount: Int { resources.packedMemory.count }

  /// Keeps packed weights in the `packedCount` floats at `base`, aligned to a cache line, which must
  /// outlive the network and may be those of other networks with the same description. Otherwise the
  /// first `pack` makes memory of the network's own.
  package func keepPackedWeights(at base: FloatPointer) { resources.packedMemory.use(base) }

  /// Brings the packed weights up to date with `weights`; the embedding is read in place.
  package func pack(_ weights: UnsafePointer<Float>) {
    pack(weights, share: Share(0, of: 1)) {}
  }

  /// Brings this rank's share of the packed weights up to date, and after the `handOver` of all shares
  /// what the network computes from them.
  package func pack<Failure: Error>(
    _ weights: UnsafePointer<Float>, share: Share, handOver: () throws(Failure) -> Void
  ) throws(Failure) {
    resources.packedMemory.ensurePlace()
    let (pool, layers, readout, parameters) = (resources.pool, layers, readout, parameters)
    let shared = Common(weights)
    pool.run { worker in
      let worker = Share(worker, of: pool.workers)
      for layer in layers { layer.pack(shared, share: share, worker: worker) }
      readout.weight.pack(
        shared + parameters.readoutWeight.offset, share: share, worker: worker)
    }
    try handOver()
    renew(weights)
  }

  /// Brings up to date what is computed from `weights` beside the packed ones.
  package func renew(_ weights: UnsafePointer<Float>) {
    for layer in layers { layer.renewBiases(weights) }
    readout.renewBias(weights + parameters.readoutBias.offset)
    if let symbolProjection, let table = parameters.embedding {
      symbolProjection.project(weights + table.offset)
    }
  }
}
