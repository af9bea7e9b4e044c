import { useMemo, type ReactNode } from 'react';
import { useDropzone } from 'react-dropzone';
import { useController } from './controller-context';
import { FilesContext } from './files-context';
import classes from './frame/frame.module.css';
import { notify } from './notify';
import { packFolders } from './pack-folders';

const SAMPLE = 'sample-houses.csv';
/** An experiment document of this size is a mistake; a result with every lane of a large experiment is not. */
const MAX_DOCUMENT_BYTES = 200 * 2 ** 20;

/** Takes files dropped anywhere on the page: documents are opened, data sets go to the engine. */
export function FileDrop({ children }: { readonly children: ReactNode }) {
  const controller = useController();

  const take = useMemo(
    () => async (dropped: readonly File[]) => {
      const files = await packFolders(dropped);
      const documents = files.filter((file) => /\.json$/i.test(file.name));
      const data = files.filter((file) => !/\.json$/i.test(file.name));
      const [document, ...others] = documents;
      if (document) {
        if (document.size > MAX_DOCUMENT_BYTES)
          notify({ level: 'error', message: `${document.name} is too large for a document.`, topic: 'document' });
        else if (controller.openDocument(await document.text(), document.name))
          notify({ level: 'info', message: `Opened ${document.name}.`, topic: 'document' });
        if (others.length > 0)
          notify({ level: 'warning', message: `Only ${document.name} was opened: one document at a time.` });
      }
      if (data.length > 0) await controller.addFiles(data);
    },
    [controller],
  );

  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    noClick: true,
    noKeyboard: true,
    onDrop: (files) => {
      take(files).catch((error: unknown) => {
        notify({ level: 'error', message: error instanceof Error ? error.message : String(error), topic: 'dataset' });
      });
    },
  });

  const context = useMemo(
    () => ({
      dragging: isDragActive,
      choose: open,
      loadSample: async () => {
        try {
          const response = await fetch(new URL(`samples/${SAMPLE}`, document.baseURI));
          if (!response.ok) throw new Error(`The sample could not be loaded (HTTP ${response.status}).`);
          await controller.addFiles([new File([await response.blob()], SAMPLE)]);
        } catch (error) {
          notify({ level: 'error', message: error instanceof Error ? error.message : String(error), topic: 'dataset' });
        }
      },
    }),
    [isDragActive, open, controller],
  );

  return (
    <FilesContext value={context}>
      <div {...getRootProps()}>
        <input {...getInputProps({ 'aria-label': 'Files' })} />
        {children}
        {isDragActive && (
          <div className={classes['dropping']} aria-hidden="true">
            <p>Drop a data set, an experiment or a result</p>
          </div>
        )}
      </div>
    </FilesContext>
  );
}
