/// Judges what each rank computes with: the mode of its workers, and its kernels.
enum KernelExamination {
  static func findings(of facts: DoctorFacts) -> [Finding] {
    facts.ofRanks(denormals) + facts.ofRanks(kernels) + difference(facts)
  }

  private static func denormals(of rank: RankFacts) -> Remark {
    let workers = Formatting.counted(rank.workers, "worker")
    return Remark(
      .denormals, "in \(rank.flushingWorkers) of \(workers)",
      advice: rank.flushingWorkers < rank.workers
        ? "the others slow down many times over at the smallest numbers: the processor, or what "
          + "emulates it, has no such mode; use another machine" : nil)
  }

  private static func kernels(of rank: RankFacts) -> Remark {
    if rank.variant != rank.bestVariant {
      return Remark(
        .kernels, "\(rank.variant), where the processor can \(rank.bestVariant)",
        advice: "leave UNFOLD_ISA out of the environment of every rank")
    }
    let isSlow = rank.isX86 && rank.variant == "baseline"
    return Remark(
      .kernels, rank.variant,
      advice: isSlow
        ? "the processor has no AVX2 with FMA, or its results differ: use another, or let the "
          + "virtual machine have its host's instructions" : nil)
  }

  /// Variants differ in speed alone, so a difference is told, and mended by nobody.
  private static func difference(_ facts: DoctorFacts) -> [Finding] {
    let variants = Set(facts.ranks.map(\.variant)).sorted()
    guard variants.count > 1 else { return [] }
    return [
      facts.ofJob(
        Remark(
          .kernels, "\(variants.joined(separator: " and ")): the same bits, at different speeds"))
    ]
  }
}
