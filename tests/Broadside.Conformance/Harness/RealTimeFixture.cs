using System.Net.Sockets;

namespace Broadside.Conformance.Harness;

/// <summary>A backend whose channels run on threads of their own over the kernel's network: conditions are looked at whenever something happens.</summary>
public abstract class RealTimeFixture : BackendFixture
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private TaskCompletionSource _signal = New();

    public override EndPoint ListenEndPoint => new IPEndPoint(IPAddress.Loopback, 0);

    public override bool HasUnixSockets => Socket.OSSupportsUnixDomainSockets;

    public override bool UsesDescriptors => true;

    public override EndPoint RefusingEndPoint
    {
        get
        {
            // A port that was free a moment ago.
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            return socket.LocalEndPoint!;
        }
    }

    public override SilentPeer CreateSilentPeer() => SilentPeer.WithFullBacklog();

    public override void Signal() => Interlocked.Exchange(ref _signal, New()).TrySetResult();

    public override async Task Until(Func<bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            // Taken before the look, so that what happens during it is not missed.
            var next = Volatile.Read(ref _signal).Task;
            if (condition())
            {
                return;
            }

            try
            {
                await next.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Waited in vain for {what}.");
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
