/** A compute pipeline whose buffers, and what else it reads, are bound by the names they have in the WGSL. */
import type { GpuContext } from './device';

export interface KernelRequest {
  readonly label: string;
  /** A whole WGSL module with the entry point `main` and all resources in `@group(0)`. */
  readonly code: string;
  /** A uniform that is bound at an offset given with each dispatch; its struct's size in bytes. */
  readonly dynamic?: { readonly name: string; readonly size: number };
}

interface Resource {
  readonly name: string;
  readonly binding: number;
  readonly type: GPUBufferBindingType | 'texture' | 'sampler';
}

/** Textures of float32 texels and their samplers, which don't filter. */
export type Textures = Readonly<Record<string, GPUTextureView | GPUSampler>>;

/** Offsets of dynamic uniforms are multiples of this within WebGPU's default limits. */
export const DYNAMIC_STRIDE = 256;

const declaration =
  /@group\(0\)\s*@binding\((\d+)\)\s*var(?:<(uniform|storage)(?:,\s*(read|read_write))?>)?\s*(\w+)(?:\s*:\s*(texture|sampler))?/g;

export class Kernel {
  private constructor(
    readonly label: string,
    readonly pipeline: GPUComputePipeline,
    readonly resources: readonly Resource[],
    readonly dynamic: KernelRequest['dynamic'],
    readonly device: GPUDevice,
    readonly layout: GPUBindGroupLayout,
  ) {}

  /** Compiles (once per program and context). Rejects with `ShaderError`. */
  static async create(context: GpuContext, { label, code, dynamic }: KernelRequest): Promise<Kernel> {
    context.assertAlive();
    const resources = [...code.matchAll(declaration)].map(([, binding, space, access, name, other]): Resource => {
      const buffer = space === 'uniform' ? 'uniform' : access === 'read_write' ? 'storage' : 'read-only-storage';
      return {
        name: name!,
        binding: Number(binding),
        type: space ? buffer : other === 'sampler' ? 'sampler' : 'texture',
      };
    });
    const layout = context.device.createBindGroupLayout({
      label,
      entries: resources.map(({ name, binding, type }) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        ...(type === 'texture'
          ? { texture: { sampleType: 'unfilterable-float' } }
          : type === 'sampler'
            ? { sampler: { type: 'non-filtering' } }
            : { buffer: { type, hasDynamicOffset: name === dynamic?.name } }),
      })),
    });
    const pipeline = await context.pipelines.get({
      label,
      code,
      entryPoint: 'main',
      layout: context.device.createPipelineLayout({ label, bindGroupLayouts: [layout] }),
    });
    return new Kernel(label, pipeline, resources, dynamic, context.device, layout);
  }

  /** Whether `setBindGroup` needs an offset. */
  get takesDynamicOffset(): boolean {
    return this.resources.some((resource) => resource.name === this.dynamic?.name);
  }

  /** A bind group of these buffers and textures, by name; each one the kernel declares must be given, others are left out. */
  bind(buffers: Readonly<Record<string, GPUBuffer>>, textures: Textures = {}): GPUBindGroup {
    const entries = this.resources.map(({ name, binding, type }) => {
      if (type === 'texture' || type === 'sampler') {
        const resource = textures[name];
        if (!resource) throw new Error(`${this.label}: no ${type} is given for "${name}"`);
        return { binding, resource };
      }
      const buffer = buffers[name];
      if (!buffer) throw new Error(`${this.label}: no buffer is given for "${name}"`);
      const resource = name === this.dynamic?.name ? { buffer, size: this.dynamic.size } : { buffer };
      return { binding, resource };
    });
    return this.device.createBindGroup({ label: this.label, layout: this.layout, entries });
  }
}
