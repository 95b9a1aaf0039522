using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Broadside.NetStack.Devices;
using Broadside.NetStack.Network;

namespace Broadside.NetStack.Steering;

/// <summary>
/// The channels that share one queue of a device, and all addresses. The first keeps the device: it receives, hands on whole packets that
/// are for others, and sends what they put before it. From any thread, except as its members say.
/// </summary>
/// <param name="open">Opens the device.</param>
/// <param name="channels">How many channels flows are spread over at least; else as many as there are when the first opens.</param>
/// <param name="maximumExceptions">How many connections may live elsewhere than their hash says.</param>
internal sealed class SteeringGroup(Func<PacketDevice> open, int channels = 1, int maximumExceptions = 1 << 20)
{
    private readonly Lock _lock = new();
    private readonly SteeringMember?[] _members = new SteeringMember?[PortBindings.MaximumChannels];
    private readonly ManualResetEventSlim _closed = new();
    private PacketDevice? _device;
    private FlowSteering? _steering;
    private int _count;
    private int _others;
    private bool _isKept;
    private bool _isLeft;
    private volatile DeviceFailedException? _failure;

    /// <summary>The device that is shared: its properties may be read by all, all else is its keeper's.</summary>
    public PacketDevice Device => _device!;

    public FlowSteering Steering => _steering!;

    /// <summary>Why the device is gone; null while it is there.</summary>
    public DeviceFailedException? Failure => _failure;

    public SteeringMember Keeper => _members[0]!;

    public ReadOnlySpan<SteeringMember?> Members => _members.AsSpan(0, Volatile.Read(ref _count));

    /// <summary>Whether channels are open besides the keeper.</summary>
    public bool HasOthers => Volatile.Read(ref _others) > 0;

    /// <summary>A place for another channel.</summary>
    public SteeringMember Add()
    {
        lock (_lock)
        {
            if (_count == PortBindings.MaximumChannels)
            {
                throw new InvalidOperationException($"At most {PortBindings.MaximumChannels} channels share a device.");
            }

            var member = _members[_count] = new SteeringMember(this, _count);
            Volatile.Write(ref _count, _count + 1);
            return member;
        }
    }

    /// <inheritdoc cref="SteeringMember.OpenDevice"/>
    public PacketDevice Open(SteeringMember member, Arena arena)
    {
        lock (_lock)
        {
            ThrowIfFailed();
            _device ??= open();
            _steering ??= CreateSteering();
            if (member == Keeper)
            {
                _isKept = true;
                return new SharingDevice(this, _device, arena);
            }

            _others++;
            member.Open();
            return new SteeredDevice(member);
        }
    }

    public void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw new DeviceFailedException(failure.Message, failure);
        }
    }

    /// <summary>The device is gone: all are told.</summary>
    [SuppressMessage("Design", "CA1030:Use events where appropriate", Justification = "Every member finds it by itself.")]
    public void Fail(DeviceFailedException failure)
    {
        _failure ??= failure;
        foreach (var member in Members)
        {
            member!.Doorbell.Ring();
        }
    }

    /// <summary>The keeper has ended. True if others have not: it must go on serving them, and close the device after the last.</summary>
    public bool TryOutlive()
    {
        lock (_lock)
        {
            _isLeft = true;
            return _others > 0;
        }
    }

    /// <summary>The device is closed.</summary>
    public void Close(string name)
    {
        Fail(new DeviceFailedException($"{name} was closed with the channel that had opened it."));
        _closed.Set();
    }

    /// <summary>A member has gone. The last waits until an orphaned device is closed, whose memory it may take with it.</summary>
    public void Leave(SteeringMember member)
    {
        bool isLastOfOrphan;
        lock (_lock)
        {
            _others--;
            member.Close();
            isLastOfOrphan = _others == 0 && _isLeft;
            if (_others == 0 && !_isKept)
            {
                _device!.Dispose();
                _device = null;
            }
        }

        Keeper.Doorbell.Ring();
        if (isLastOfOrphan)
        {
            _closed.Wait();
        }
    }

    // The key is secret, so that nobody can choose flows that all fall on one channel.
    private FlowSteering CreateSteering()
    {
        var exceptions = new SteeringExceptions(maximumExceptions, KeyedHash.Create());
        var hash = new ToeplitzHash(RandomNumberGenerator.GetBytes(ToeplitzHash.KeyLength));
        return new FlowSteering(Math.Max(channels, _count), hash, exceptions);
    }
}
