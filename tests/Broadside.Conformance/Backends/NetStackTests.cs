using System.Net.Sockets;
using Broadside.NetStack;
using Broadside.NetStack.Devices;

namespace Broadside.Conformance.Backends;

/// <summary>What only channels over a network stack do.</summary>
public sealed class NetStackTests : ConformanceTest<NetStackFixture>
{
    private const int DeviceFailed = 110;
    private const int ChannelFailed = 111;

    [Fact]
    public async Task ListensAtItsOwnAddressesOnly()
    {
        var acceptor = new RecordingAcceptor(Fixture);
        var listener = await Listen(acceptor);
        var own = (IPEndPoint)listener.LocalEndPoint;
        Assert.NotEqual(IPAddress.Any, own.Address);
        Assert.NotEqual(0, own.Port);
        Assert.Equal(SocketError.AddressAlreadyInUse, await FailToListen(new IPEndPoint(IPAddress.Any, own.Port)));
        Assert.Equal(SocketError.AddressNotAvailable, await FailToListen(IPEndPoint.Parse("192.0.2.1:80")));
        Assert.Equal(SocketError.AddressFamilyNotSupported, await FailToListen(new UnixDomainSocketEndPoint("/tmp/nowhere")));

        // Once closed the port is free again, and an address of its own is another endpoint than any.
        await Fixture.Run(Channel, listener.Close);
        Assert.Equal(own, (await Listen(acceptor, endPoint: own)).LocalEndPoint);
    }

    [Fact]
    public async Task WithoutARouteConnectingFailsByACallback()
    {
        var client = Handler();
        await Fixture.Run(Channel, () =>
        {
            client.Attach(Channel.Connect(IPEndPoint.Parse("192.0.2.1:80"), new ConnectOptions(), client));
            Assert.False(client.IsClosed);
        });
        await UntilClosed(client);
        Assert.Equal(CloseReason.Unreachable, client.Reason);
        Assert.Equal(SocketError.NetworkUnreachable, Assert.IsType<SocketException>(client.Error).SocketErrorCode);
    }

    [Fact]
    public async Task WhatWasUnreadWhenBothSidesClosedIsReadAfterwards()
    {
        var pair = await ConnectPair();
        await pair.OnServer(server =>
        {
            server.PauseReceive();
            server.ShutdownSend();
        });
        await Fixture.Until(() => pair.Client.PeerClosedCount == 1, "the server's end");
        await pair.OnClient(client =>
        {
            client.SendPattern(0, 10_000);
            client.Close();
        });
        await UntilClosed(pair.Client);
        Assert.False(pair.Server.IsClosed);
        await pair.OnServer(server => server.ResumeReceive());
        await UntilClosed(pair.Server);
        Assert.Equal((10_000, 1, CloseReason.Closed), (pair.Server.ReceivedLength, pair.Server.PeerClosedCount, pair.Server.Reason));
    }

    [Fact]
    public async Task ADeviceThatIsGoneEndsItsChannelsConnections()
    {
        FailingDevice? failing = null;
        Fixture.Wrap = port => failing = new FailingDevice(port);
        var channel = Fixture.CreateChannel();
        Fixture.Wrap = static port => port;
        var client = Handler();
        var acceptor = new RecordingAcceptor(Fixture);
        var listener = await Listen(acceptor);
        await Connect(listener.LocalEndPoint, client, channel: channel);
        await Fixture.Until(() => client.IsConnected, "the connection");
        failing!.HasFailed = true;
        channel.RequestRound();
        await UntilClosed(client);
        Assert.Equal(CloseReason.NetworkError, client.Reason);
        Assert.IsType<DeviceFailedException>(client.Error);
        Assert.Equal(1, Fixture.Log.Count(DeviceFailed));
        await Fixture.Stop(channel);
        Assert.False(channel.Post(new ActionWork(() => { })));
        await Fixture.Run(Channel, () => acceptor[0].Abort());
    }

    [Fact]
    public async Task MemoryIsReleasedWhenTheDeviceIsDoneWithItToo()
    {
        HoldingDevice? holding = null;
        Fixture.Wrap = port => holding = new HoldingDevice(port);
        var channel = Fixture.CreateChannel();
        Fixture.Wrap = static port => port;
        var acceptor = new RecordingAcceptor(Fixture, () =>
        {
            var server = Handler();
            server.WhenReceived = (handler, segment) => handler.SendPattern(handler.ReceivedLength - segment.Extent.Length, segment.Extent.Length);
            return server;
        });
        var listener = await Listen(acceptor);
        var (echoed, aborted) = (Handler(), Handler());
        await Connect(listener.LocalEndPoint, echoed, channel: channel);
        await Connect(listener.LocalEndPoint, aborted, channel: channel);
        await Fixture.Until(() => echoed.IsConnected && aborted.IsConnected, "the connections");
        holding!.Holds = true;
        await Fixture.Run(channel, () =>
        {
            echoed.SendPattern(0, 1000);
            aborted.SendPattern(0, 1000);
        });
        await Fixture.Until(() => echoed.ReceivedLength == 1000 && aborted.ReceivedLength == 1000, "the echoes, which acknowledge");
        await Fixture.Run(channel, () => aborted.Abort());
        await Fixture.Run(channel, () => { });
        Assert.Equal((0, 0), (echoed.ReleasedCount, aborted.ReleasedCount));
        Assert.False(aborted.IsClosed);
        holding.Holds = false;
        channel.RequestRound();
        await Fixture.Until(() => echoed.ReleasedCount == 1 && aborted.IsClosed, "the release");
        Assert.Equal(1, aborted.ReleasedCount);
    }

    [Fact]
    public async Task ADeviceThatCannotBeOpenedFailsTheStart()
    {
        Fixture.Wrap = static _ => throw new DeviceFailedException("Missing on purpose.");
        var channel = Fixture.CreateChannel(start: false);
        var ran = false;
        channel.Post(new ActionWork(() => ran = true));
        Assert.Throws<DeviceFailedException>(channel.Start);
        await Fixture.Stop(channel);
        Assert.True(ran);
        Assert.False(channel.Post(new ActionWork(() => { })));
    }

    [Fact]
    public async Task AFaultOnTheThreadEndsEverythingInOrder()
    {
        var round = new ThrowingRound();
        var channel = Fixture.CreateChannel(start: false);
        channel.Round = round;
        channel.Start();
        var (client, server) = (Handler(), Handler());
        await ConnectPair(client, server, serverChannel: channel);
        round.Throw();
        channel.RequestRound();
        await UntilClosed(client, server);
        Assert.Equal((CloseReason.NetworkError, CloseReason.PeerReset), (server.Reason, client.Reason));
        Assert.IsType<InvalidOperationException>(server.Error);
        Assert.Equal(1, Fixture.Log.Count(ChannelFailed));
        Assert.False(channel.Post(new ActionWork(() => { })));
    }

    [Fact]
    public async Task AnIdleChannelSleeps()
    {
        var other = Fixture.CreateChannel();
        var pair = await ConnectPair(serverChannel: other);
        await pair.OnClient(client => client.SendPattern(0, 10_000));
        await pair.UntilReceived(pair.Server, 10_000);
        var rested = new Rest(Fixture.Signal);
        var before = await Fixture.Run(Channel, () =>
        {
            Channel.Schedule(rested, TimeSpan.FromMilliseconds(300));
            return Channel.Counters.Rounds + other.Counters.Rounds;
        });
        await Fixture.Until(() => rested.IsOver, "a while");
        Assert.InRange(Channel.Counters.Rounds + other.Counters.Rounds - before, 1, 1000);
    }

    private async Task<SocketError> FailToListen(EndPoint endPoint)
    {
        return await Fixture.Run(Channel, () => Assert.Throws<SocketException>(
            () => Channel.Listen(endPoint, new ListenOptions(), new RecordingAcceptor(Fixture))).SocketErrorCode);
    }

    private sealed class Rest(Action signal) : ChannelTimer
    {
        private volatile bool _isOver;

        public bool IsOver => _isOver;

        protected internal override void OnDue()
        {
            _isOver = true;
            signal();
        }
    }

    /// <summary>Makes a channel's thread throw, once, where nothing may.</summary>
    private sealed class ThrowingRound : IChannelRound
    {
        private volatile bool _throws;

        public bool IsPending
        {
            get
            {
                if (!_throws)
                {
                    return false;
                }

                _throws = false;
                throw new InvalidOperationException("On purpose.");
            }
        }

        public void Throw() => _throws = true;

        public void OnRoundEnd()
        {
        }
    }

    private sealed class FailingDevice(PacketDevice inner) : PacketMiddleware(inner)
    {
        private volatile bool _hasFailed;

        public bool HasFailed
        {
            get => _hasFailed;
            set => _hasFailed = value;
        }

        public override int Receive(Span<ReceivedFrame> burst)
        {
            ThrowIfFailed();
            return Inner.Receive(burst);
        }

        public override bool TryTransmit(in OutgoingFrame frame)
        {
            ThrowIfFailed();
            return Inner.TryTransmit(frame);
        }

        private void ThrowIfFailed()
        {
            if (_hasFailed)
            {
                throw new DeviceFailedException("Gone on purpose.");
            }
        }
    }

    /// <summary>A device that goes on referring to what it was given.</summary>
    private sealed class HoldingDevice(PacketDevice inner) : PacketMiddleware(inner)
    {
        private volatile bool _holds;
        private long _completed;

        public bool Holds
        {
            get => _holds;
            set => _holds = value;
        }

        public override long Completed => _holds ? _completed : _completed = Inner.Completed;
    }
}
