using Broadside.NetStack.Devices.Interop;

namespace Broadside.NetStack.Devices;

/// <summary>
/// The program on an interface that hands the frames of each queue to the socket bound to it, and the rest to the host's kernel. There
/// is one for all of a process's devices on an interface. It is attached by a link, which the kernel removes when its last descriptor
/// is closed: so it goes with the process, however that ends.
/// </summary>
internal sealed unsafe class XdpProgram : IDisposable
{
    private const uint MapOfSockets = 17;
    private const uint QueueLimit = 256;
    private const uint TypeXdp = 6;
    private const uint AttachXdp = 37;
    private const uint GenericMode = 1 << 1;
    private const uint DriverMode = 1 << 2;

    // One for each interface and network namespace; opening and closing devices is rare.
    private static readonly Lock Gate = new();
    private static readonly Dictionary<(ulong Namespace, int Interface), XdpProgram> Attached = [];

    private readonly (ulong Namespace, int Interface) _key;
    private readonly Descriptor _map;
    private readonly Descriptor _link;
    private int _users;

    private XdpProgram((ulong Namespace, int Interface) key, Descriptor map, Descriptor link, bool isGeneric)
    {
        _key = key;
        _map = map;
        _link = link;
        IsGeneric = isGeneric;
    }

    /// <summary>Whether it runs behind a driver that has no place for it: correct, but slower.</summary>
    public bool IsGeneric { get; }

    /// <summary>Attaches the program, unless this process has done so. Each user disposes of it once.</summary>
    /// <exception cref="DeviceFailedException">The kernel refuses.</exception>
    public static XdpProgram Attach(string device, LinkMonitor link)
    {
        lock (Gate)
        {
            var key = (link.NamespaceCookie, link.Index);
            if (!Attached.TryGetValue(key, out var program))
            {
                program = AttachNew(device, link, key);
                Attached.Add(key, program);
            }

            program._users++;
            return program;
        }
    }

    /// <summary>Has a queue's frames go to a socket, until that is closed.</summary>
    public void Redirect(string device, int queue, Descriptor socket)
    {
        var value = socket.Number;
        var attributes = new BpfElementAttributes { Map = (uint)_map.Number, Key = &queue, Value = &value };
        var outcome = SystemCalls.Bpf(BpfCommand.UpdateElement, ref attributes);
        if (outcome < 0)
        {
            throw new DeviceFailedException(
                $"{device}: the queue's frames cannot be had: {Errno.Describe(-outcome)}. Queues below {QueueLimit} are supported.");
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (--_users == 0)
            {
                Attached.Remove(_key);
                _link.Dispose();
                _map.Dispose();
            }
        }
    }

    private static XdpProgram AttachNew(string device, LinkMonitor link, (ulong Namespace, int Interface) key)
    {
        var attributes = new BpfMapAttributes
        {
            Type = MapOfSockets,
            KeyLength = sizeof(int),
            ValueLength = sizeof(int),
            EntryLimit = QueueLimit,
        };
        var map = Obtain(device, link, SystemCalls.Bpf(BpfCommand.CreateMap, ref attributes));
        try
        {
            using var program = Obtain(device, link, Load(map));
            var attached = Attach(program, link, DriverMode);
            var isGeneric = attached == -Errno.NotSupported;
            attached = isGeneric ? Attach(program, link, GenericMode) : attached;
            return new XdpProgram(key, map, Obtain(device, link, attached), isGeneric);
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    private static int Load(Descriptor map)
    {
        const short QueueIndex = 16;
        const int MapDescriptor = 1;
        const int Pass = 2;
        const int RedirectMap = 51;

        // return bpf_redirect_map(&map, context->rx_queue_index, XDP_PASS);
        var instructions = stackalloc BpfInstruction[]
        {
            new(0x61, destination: 2, source: 1, offset: QueueIndex),
            new(0x18, destination: 1, source: MapDescriptor, immediate: map.Number),
            new(0),
            new(0xB7, destination: 3, immediate: Pass),
            new(0x85, immediate: RedirectMap),
            new(0x95),
        };
        fixed (byte* license = "Dual MIT/GPL\0"u8)
        {
            var attributes = new BpfProgramAttributes
            {
                Type = TypeXdp,
                InstructionCount = 6,
                Instructions = instructions,
                License = license,
                AttachType = AttachXdp,
            };
            return SystemCalls.Bpf(BpfCommand.LoadProgram, ref attributes);
        }
    }

    private static int Attach(Descriptor program, LinkMonitor link, uint mode)
    {
        var attributes = new BpfLinkAttributes
        {
            Program = (uint)program.Number,
            Interface = (uint)link.Index,
            AttachType = AttachXdp,
            Flags = mode,
        };
        return SystemCalls.Bpf(BpfCommand.CreateLink, ref attributes);
    }

    private static Descriptor Obtain(string device, LinkMonitor link, int outcome) =>
        outcome >= 0
            ? new Descriptor(outcome)
            : throw new DeviceFailedException($"{device}: {XdpErrors.ExplainProgram(-outcome, link.InterfaceName)}");
}
