/// One worker's part of something that is cut evenly.
struct WorkerShare {
  let worker: Int
  let workers: Int

  func range(of count: Int) -> Range<Int> {
    count * worker / workers..<count * (worker + 1) / workers
  }
}
