using Broadside.Bench.Machine;

namespace Broadside.Bench.Contenders;

/// <summary>A contender at work.</summary>
internal sealed record RunningContender(Contender Contender, ChildProcess Process, int Port) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
