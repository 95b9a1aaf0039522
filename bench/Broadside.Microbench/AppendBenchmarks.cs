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
    public void Join() => _channel.Queue.Add(new Outbox(_channel.Dispatcher, _channel, new OutboxLimits(1L << 40, 64 * 1024, 1 << 20)));

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
