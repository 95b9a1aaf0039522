using System.Net.Sockets;

namespace Broadside.Conformance.Harness;

/// <summary>A backend whose channels run on threads of their own over the kernel's network: conditions are looked at whenever something happens.</summary>
public abstract class RealTimeFixture : BackendFixture
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly Lazy<Task> WarmedUp = new(WarmUpAsync);

    private TaskCompletionSource _signal = New();

    public override EndPoint ListenEndPoint => new IPEndPoint(IPAddress.Loopback, 0);

    public override bool HasUnixSockets => Socket.OSSupportsUnixDomainSockets;

    public override bool UsesSockets => true;

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

    public override async ValueTask StartAsync()
    {
        await WarmedUp.Value;
        await base.StartAsync();
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

    /// <summary>Has the framework open the descriptors it keeps for ever, so that the tests' own can be counted.</summary>
    private static async Task WarmUpAsync()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        using var server = await listener.AcceptAsync();
        var waiting = server.ReceiveAsync(new byte[1]);
        await client.SendAsync(new byte[1]);
        await waiting;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
