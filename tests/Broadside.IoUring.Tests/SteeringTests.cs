using System.Net.Sockets;
using Broadside.IoUring.Interop;

namespace Broadside.IoUring.Tests;

/// <summary>Connections go to the channel of the processor that received them; over loopback that is the client's.</summary>
public sealed class SteeringTests : IAsyncDisposable
{
    private const int Connections = 40;

    private readonly RecordEngine _engine;

    public SteeringTests()
    {
        Require.Environment(IoUringBackend.IsSupported(out var reason), reason);
        Require.Capability(Environment.ProcessorCount >= 2, "There is one processor only.");
        var backend = new IoUringBackend(new IoUringOptions { Steering = AcceptSteering.ReceivingProcessor });
        _engine = new RecordEngine(backend, new EngineOptions { Channels = 2, PinThreads = true });
    }

    public async ValueTask DisposeAsync() => await _engine.DisposeAsync();

    [Fact]
    public async Task ConnectionsLandOnTheChannelOfTheirProcessor()
    {
        await using var listener = await Listen();
        for (var processor = 0; processor < 2; processor++)
        {
            var before = await Accepts();
            await ConnectFrom(processor, listener.LocalEndPoint);
            var after = await Accepts();
            Assert.Equal((Connections, 0), (after[processor] - before[processor], after[1 - processor] - before[1 - processor]));
        }
    }

    [Fact]
    public async Task AChannelThatLeavesIsReplacedByTheHash()
    {
        var acceptor = new CountingAcceptor(new TestFixture());
        var channel = _engine.Channels;
        var first = await Run(channel[0], () => channel[0].Listen(new IPEndPoint(IPAddress.Loopback, 0), new ListenOptions(), acceptor));
        var second = await Run(channel[1], () => channel[1].Listen(first.LocalEndPoint, new ListenOptions(), acceptor));

        // The second's socket takes the first's place in the group, which comes back behind it.
        await Run(channel[0], () => Close(first));
        var before = await Accepts();
        await ConnectFrom(0, second.LocalEndPoint);
        Assert.Equal(Connections, (await Accepts())[1] - before[1]);
        first = await Run(channel[0], () => channel[0].Listen(second.LocalEndPoint, new ListenOptions(), acceptor));
        before = await Accepts();
        await ConnectFrom(0, first.LocalEndPoint);
        Assert.Equal(Connections, (await Accepts())[0] - before[0]);
        await Run(channel[0], () => Close(first));
        await Run(channel[1], () => Close(second));

        static bool Close(ChannelListener listener)
        {
            listener.Close();
            return true;
        }
    }

    private static Task<T> Run<T>(IoChannel channel, Func<T> function)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(channel.Post(new ActionWork(() =>
        {
            try
            {
                done.SetResult(function());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        })));
        return done.Task;
    }

    /// <summary>Connects from a thread on one processor, and waits until each connection is served.</summary>
    private static Task ConnectFrom(int processor, EndPoint endPoint)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                SystemCalls.PinThread(processor);
                for (var count = 0; count < Connections; count++)
                {
                    // The handshake runs on this thread's processor. The end of the stream tells that the server has seen the connection.
                    using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    socket.Connect(endPoint);
                    socket.Shutdown(SocketShutdown.Send);
                    Assert.Equal(0, socket.Receive(new byte[1]));
                }

                done.SetResult();
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        }).Start();
        return done.Task;
    }

    private Task<RecordListener> Listen() =>
        _engine.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0), Framers.Lines(), async connection =>
        {
            Assert.False(await connection.WaitToReadAsync());
        });

    private async Task<long[]> Accepts() =>
        [await Run(_engine.Channels[0], () => _engine.Channels[0].Counters.Accepts), await Run(_engine.Channels[1], () => _engine.Channels[1].Counters.Accepts)];
}
