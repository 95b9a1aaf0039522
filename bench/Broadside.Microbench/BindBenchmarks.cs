using BenchmarkDotNet.Attributes;
using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Microbench;

/// <summary>
/// What one member costs that lags behind a log full of 100-byte records: a bind of a 64 KiB run, its acceptance and its release.
/// </summary>
[MemoryDiagnoser]
public class BindBenchmarks
{
    private const int Runs = 512;
    private const int Run = 64 * 1024;

    private readonly BenchChannel _channel = new() { Status = SendStatus.Pending };
    private Outbox _outbox = null!;

    [IterationSetup]
    public void Fill()
    {
        _outbox = new Outbox(_channel.Dispatcher, _channel, new OutboxLimits(1L << 40, Run, Run));
        _channel.Queue.Add(_outbox);
        Send(1);
        _channel.Settle();
        Send(((Runs + 8) * Run / 100) + 1);
        _channel.Dispatcher.OnRoundEnd();
    }

    [IterationCleanup]
    public void Clear()
    {
        _outbox.OnAccepted();
        _outbox.OnReleased(_channel.Pending!);
        _outbox.Close();
        _outbox.EndMemberships();
        _channel.Settle();
        _channel.Dispatcher.TrimIdle();
    }

    [Benchmark(OperationsPerInvoke = Runs)]
    public void Bind64KiB()
    {
        for (var run = 0; run < Runs; run++)
        {
            _outbox.OnAccepted();
            _outbox.OnReleased(_channel.Pending!);
            _channel.Dispatcher.OnRoundEnd();
        }
    }

    private void Send(int count)
    {
        Span<byte> record = stackalloc byte[100];
        for (var each = 0; each < count; each++)
        {
            _channel.Queue.TryAppend(new SendRequest(record) { Priority = 4 }, out _);
        }
    }
}
