using BenchmarkDotNet.Attributes;
using Broadside.Groups;

namespace Broadside.Microbench;

/// <summary>A 100-byte record appended once for all members, and its share of a dispatch to one member that keeps up.</summary>
[MemoryDiagnoser]
public class AppendBenchmarks
{
    private const int Burst = 256;

    private readonly BenchChannel _channel = new();
    private readonly byte[] _record = new byte[100];

    [GlobalSetup]
    public void Join() => _ = new BenchMember(_channel);

    [Benchmark(OperationsPerInvoke = Burst)]
    public void AppendAndDeliver()
    {
        for (var each = 0; each < Burst; each++)
        {
            _channel.Queue.TryAppend(new SendRequest(_record) { Priority = 4 }, out _);
        }

        _channel.Settle();
    }
}
