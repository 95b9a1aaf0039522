using Broadside.NetStack.Network;
using Broadside.NetStack.Steering;
using Broadside.NetStack.Tests.Network;

namespace Broadside.NetStack.Tests.Steering;

public sealed class PacketForwarderTests
{
    private const int Channels = 4;
    private const int PacketsEach = 20_000;

    private readonly FlowSteering _steering =
        new(Channels, new ToeplitzHash(ToeplitzHash.SymmetricKey), new SteeringExceptions(4, new KeyedHash(1, 2)));

    [Fact]
    public async Task Channels_on_threads_of_their_own_hand_each_other_what_they_own()
    {
        var channels = new Channel[Channels];
        var inboxes = Enumerable.Range(0, Channels).Select(index => new PacketInbox(256, 64, () => channels[index].Wake())).ToArray();
        var flows = Enumerable.Range(0, 200).Select(index => Flows.Random(new Random(index), index % 2 == 0)).ToArray();
        for (var index = 0; index < Channels; index++)
        {
            channels[index] = new Channel(index, _steering, inboxes, flows);
        }

        var threads = channels.Select(channel => Task.Factory.StartNew(
            channel.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        await Task.WhenAll(channels.Select(channel => channel.Sent)).WaitAsync(TimeSpan.FromSeconds(60));
        Array.ForEach(channels, channel => channel.Stop());
        await Task.WhenAll(threads).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.All(channels, channel => Assert.True(channel.Received > 0 && channel.Kept > 0));
        Assert.Equal(Channels * PacketsEach, channels.Sum(channel => channel.Received + channel.Kept) + inboxes.Sum(inbox => inbox.Dropped));
    }

    /// <summary>Receives packets of all flows in bursts, keeps its own and hands on the others.</summary>
    private sealed class Channel(int index, FlowSteering steering, PacketInbox[] inboxes, Flow[] flows)
    {
        private readonly SemaphoreSlim _wakes = new(0);
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _isStopping;

        public Task Sent => _sent.Task;

        public int Kept { get; private set; }

        public int Received { get; private set; }

        public void Wake() => _wakes.Release();

        public void Stop()
        {
            _isStopping = true;
            Wake();
        }

        public void Run()
        {
            var forwarder = new PacketForwarder(index, steering, inboxes);
            var random = new Random(index);
            for (var burst = 0; burst < PacketsEach / 32; burst++)
            {
                SendBurst(forwarder, random);
                Drain();
            }

            _sent.SetResult();
            while (true)
            {
                var isLast = _isStopping;
                Drain();
                if (isLast)
                {
                    return;
                }

                if (inboxes[index].TryBeginWait())
                {
                    Assert.True(_wakes.Wait(TimeSpan.FromSeconds(30)));
                    inboxes[index].EndWait();
                }
            }
        }

        private void SendBurst(PacketForwarder forwarder, Random random)
        {
            Span<byte> packet = stackalloc byte[sizeof(uint)];
            for (var count = 0; count < 32; count++)
            {
                var flow = random.Next(flows.Length);
                packet.WriteUInt32(0, (uint)flow);
                Kept += forwarder.TryForward(new(InternetProtocol.Tcp, flows[flow]), new() { Bytes = packet }) ? 0 : 1;
            }

            forwarder.Flush();
        }

        private void Drain()
        {
            while (inboxes[index].TryTake(out var packet))
            {
                Assert.Equal(index, steering.Owner(new(InternetProtocol.Tcp, flows[packet.Bytes.ReadUInt32(0)])));
                Received++;
            }
        }
    }
}
