using Broadside.NetStack.Interop.Harness;

namespace Broadside.NetStack.Interop;

/// <summary>Connections end in every order, by either side's reset, and are refused where nobody listens.</summary>
public sealed class ClosingTests : InteropTest
{
    private const int Length = 100_000;

    public static TheoryData<string, bool> Links => new()
    {
        { "tun", false },
        { "packet", false },
        { "xdp", false },
        { "xdp", true },
    };

    [Theory]
    [MemberData(nameof(Links))]
    public async Task The_kernel_ends_its_direction_first(string kind, bool isIPv6)
    {
        var (_, end, socket) = await OpenPair(kind, isIPv6, toSend: Length, staysOpen: true);
        using var held = socket;
        socket.Shutdown(SocketShutdown.Send);
        var received = KernelEnd.OnThread(() => ReceiveExactly(socket, Length));
        Assert.Equal(Noise.HashOf(Length), await received);
        await OnChannel(end, connection => connection.Close());
        Assert.Equal(0, socket.Receive(new byte[1]));
        Assert.Equal((CloseReason.Closed, true), await ReasonOf(end));
    }

    [Theory]
    [MemberData(nameof(Links))]
    public async Task The_stack_ends_its_direction_first(string kind, bool isIPv6)
    {
        var (_, end, socket) = await OpenPair(kind, isIPv6, toSend: 0, staysOpen: true);
        using var held = socket;
        await OnChannel(end, connection => connection.ShutdownSend());
        Assert.Equal(0, socket.Receive(new byte[1]));
        for (var sent = 0; sent < Length;)
        {
            sent += socket.Send(Noise.From(sent, Length - sent, 10_000).Span);
        }

        socket.Shutdown(SocketShutdown.Send);
        var outcome = await end.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(new Outcome(Length, Noise.HashOf(Length)), outcome);
    }

    [Theory]
    [MemberData(nameof(Links))]
    public async Task The_kernel_resets(string kind, bool isIPv6)
    {
        var (_, end, socket) = await OpenPair(kind, isIPv6, toSend: 0, staysOpen: true);
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
        Assert.Equal((CloseReason.PeerReset, false), await ReasonOf(end));
    }

    [Theory]
    [MemberData(nameof(Links))]
    public async Task The_stack_resets(string kind, bool isIPv6)
    {
        var (_, end, socket) = await OpenPair(kind, isIPv6, toSend: 0, staysOpen: true);
        using var held = socket;
        await OnChannel(end, connection => connection.Abort());
        var exception = Assert.Throws<SocketException>(() => socket.Receive(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        Assert.Equal(CloseReason.Aborted, (await ReasonOf(end)).Reason);
    }

    [Theory]
    [MemberData(nameof(Links))]
    public async Task Nobody_listens(string kind, bool isIPv6)
    {
        var link = Open(new() { Kind = kind });
        await link.UntilUsable(isIPv6);
        var exception = Assert.Throws<SocketException>(
            () => KernelEnd.Connect(link.KernelSpace, new IPEndPoint(InteropLink.OurAddress(isIPv6), 9)));
        Assert.Equal(SocketError.ConnectionRefused, exception.SocketErrorCode);
        var end = link.NewEnd();
        await link.Run(() => link.Channel.Connect(new IPEndPoint(link.KernelsAddress(isIPv6), 9), new ConnectOptions(), end));
        Assert.Equal(CloseReason.Refused, (await ReasonOf(end)).Reason);
    }

    /// <summary>A stack that ends takes its connections with it, and says so.</summary>
    [Theory]
    [MemberData(nameof(Links))]
    public async Task The_channel_stops(string kind, bool isIPv6)
    {
        var (link, end, socket) = await OpenPair(kind, isIPv6, toSend: 0, staysOpen: true);
        using var held = socket;
        await link.Channel.StopAsync();
        Assert.Equal(CloseReason.ChannelStopped, (await ReasonOf(end)).Reason);
        var exception = Assert.Throws<SocketException>(() => socket.Receive(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
    }

    [Theory]
    [MemberData(nameof(Links))]
    public async Task The_kernel_pings(string kind, bool isIPv6)
    {
        var link = Open(new() { Kind = kind });
        await link.UntilUsable(isIPv6);
        foreach (var length in new[] { 0, 56, 1400, 4000 })
        {
            var payload = Noise.Bytes[..length];
            var reply = link.KernelSpace.Run(() =>
            {
                using var ping = new System.Net.NetworkInformation.Ping();
                return ping.Send(InteropLink.OurAddress(isIPv6), 20_000, payload);
            });
            Assert.Equal(System.Net.NetworkInformation.IPStatus.Success, reply.Status);
            Assert.Equal(payload, reply.Buffer);
        }
    }

    private static string ReceiveExactly(Socket socket, int length)
    {
        var bytes = new byte[length];
        for (var received = 0; received < length;)
        {
            received += socket.Receive(bytes.AsSpan(received));
        }

        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes));
    }

    private static async Task<(CloseReason Reason, bool PeerClosed)> ReasonOf(StackEnd end)
    {
        var outcome = await end.Ended.WaitAsync(TimeSpan.FromSeconds(30));
        return (outcome.Reason, outcome.PeerClosed);
    }

    private static Task OnChannel(StackEnd end, Action<ChannelConnection> action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        end.Connection!.Channel.Post(new ActionWork(() =>
        {
            action(end.Connection);
            done.SetResult();
        }));
        return done.Task;
    }

    private async Task<(InteropLink Link, StackEnd End, Socket Socket)> OpenPair(string kind, bool isIPv6, long toSend, bool staysOpen)
    {
        var link = Open(new() { Kind = kind });
        var end = link.NewEnd(toSend, staysOpen);
        var endPoint = await link.Listen(end, isIPv6);
        var socket = KernelEnd.Connect(link.KernelSpace, endPoint);
        await end.Connected.WaitAsync(TimeSpan.FromSeconds(30));
        return (link, end, socket);
    }
}
