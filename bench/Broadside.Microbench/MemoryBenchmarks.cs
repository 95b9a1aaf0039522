using BenchmarkDotNet.Attributes;

namespace Broadside.Microbench;

/// <summary>What records and their memory cost to make and to give back.</summary>
[MemoryDiagnoser]
public class MemoryBenchmarks
{
    private readonly Arena _arena = new();
    private readonly byte[] _bytes = new byte[100_000];

    [Params(100, 4_096, 100_000)]
    public int Length { get; set; }

    [Benchmark]
    public void AllocateAndFree() => _arena.Free(_arena.Allocate(Length));

    [Benchmark]
    public void CreateAndDispose() => Record.Create(_arena, _bytes.AsSpan(0, Length)).Dispose();
}
