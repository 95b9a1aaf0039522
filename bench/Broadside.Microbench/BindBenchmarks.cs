using BenchmarkDotNet.Attributes;
using Broadside.Channels;
using Broadside.Groups;

namespace Broadside.Microbench;

/// <summary>
/// What each member costs that lags behind a log full of 100-byte records: the bind of a 64 KiB run, its acceptance and its release,
/// and its share of the channel's round.
/// </summary>
[MemoryDiagnoser]
public class BindBenchmarks
{
    private const int Members = 64;
    private const int Runs = 16;
    private const int Run = 64 * 1024;

    private readonly BenchChannel _channel = new();
    private BenchMember[] _members = [];

    // An iteration is one pass over a log: too few calls for the compiler to have optimised them by then.
    [GlobalSetup]
    public void WarmUp()
    {
        for (var pass = 0; pass < 200; pass++)
        {
            Fill();
            Bind64KiB();
            Clear();
        }
    }

    [IterationSetup]
    public void Fill()
    {
        _members = [.. Enumerable.Range(0, Members).Select(_ => new BenchMember(_channel) { Status = SendStatus.Pending })];
        Send(1);
        _channel.Settle();
        Send(((Runs + 4) * Run / 100) + 1);
        _channel.Dispatcher.OnRoundEnd();
    }

    [IterationCleanup]
    public void Clear()
    {
        foreach (var member in _members)
        {
            member.Serve();
            member.Outbox.Close();
            member.Outbox.EndMemberships();
        }

        _channel.Settle();
        _channel.Dispatcher.TrimIdle();
    }

    [Benchmark(OperationsPerInvoke = Members * Runs)]
    public void Bind64KiB()
    {
        for (var run = 0; run < Runs; run++)
        {
            foreach (var member in _members)
            {
                member.Serve();
            }

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
