<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="zh_CN">
<context>
    <name>AboutSection</name>
    <message>
        <source>关于与许可</source>
        <translation>About and licences</translation>
    </message>
    <message>
        <source>gridclient {version} · MIT 许可。下面是随程序一起分发的他人作品及其许可。</source>
        <translation>gridclient {version} · MIT licence. Below are the works of others that come with the program, and their licences.</translation>
    </message>
    <message>
        <source>名称</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>版本</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>许可</source>
        <translation>Licence</translation>
    </message>
    <message>
        <source>选一行，看许可全文。</source>
        <translation>Choose a line to read the full licence.</translation>
    </message>
    <message>
        <source>许可文本见该软件包的发布页。</source>
        <translation>The licence text is on the package&apos;s release page.</translation>
    </message>
</context>
<context>
    <name>ActionBar</name>
    <message>
        <source>更多</source>
        <translation>More</translation>
    </message>
</context>
<context>
    <name>ActionForm</name>
    <message>
        <source>取消</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>Enter 取第一条建议，或输入拼音首字母</source>
        <translation>Enter takes the first suggestion, or type pinyin initials</translation>
    </message>
    <message>
        <source>网格按文字判定，请核对。</source>
        <translation>The grid was taken from the text; please check it.</translation>
    </message>
    <message>
        <source>点击的位置没有网格，请在图上另选，或输入选择。</source>
        <translation>There is no grid at that place; pick another on the map, or choose by typing.</translation>
    </message>
    <message>
        <source>请填写“{field}”。</source>
        <translation>Please fill in &quot;{field}&quot;.</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>立案</source>
        <translation>File</translation>
    </message>
    <message>
        <source>核查</source>
        <translation>Verify</translation>
    </message>
    <message>
        <source>反馈</source>
        <translation>Report</translation>
    </message>
    <message>
        <source>{action}（由{who}办理）</source>
        <translation>{action} (by the {who})</translation>
    </message>
    <message>
        <source>帮助与快捷键</source>
        <translation>Help and keys</translation>
    </message>
    <message>
        <source>登记</source>
        <translation>Register</translation>
    </message>
    <message>
        <source>刷新与同步</source>
        <translation>Refresh and sync</translation>
    </message>
    <message>
        <source>导入</source>
        <translation>Import</translation>
    </message>
    <message>
        <source>同步情况</source>
        <translation>Sync state</translation>
    </message>
    <message>
        <source>处理冲突</source>
        <translation>Conflicts</translation>
    </message>
    <message>
        <source>离线/恢复联网</source>
        <translation>Go offline/online</translation>
    </message>
    <message>
        <source>撤销上一步</source>
        <translation>Undo last step</translation>
    </message>
    <message>
        <source>命令栏</source>
        <translation>Command bar</translation>
    </message>
    <message>
        <source>在案件中查找</source>
        <translation>Search the cases</translation>
    </message>
    <message>
        <source>清除筛选条件</source>
        <translation>Clear filters</translation>
    </message>
    <message>
        <source>到网格树</source>
        <translation>Go to grid tree</translation>
    </message>
    <message>
        <source>到地图</source>
        <translation>Go to map</translation>
    </message>
    <message>
        <source>到案件列表</source>
        <translation>Go to case list</translation>
    </message>
    <message>
        <source>到案件详情</source>
        <translation>Go to case details</translation>
    </message>
    <message>
        <source>切换浅色/深色</source>
        <translation>Switch light/dark</translation>
    </message>
    <message>
        <source>设置</source>
        <translation>Settings</translation>
    </message>
    <message>
        <source>退出</source>
        <translation>Quit</translation>
    </message>
</context>
<context>
    <name>AttachmentsTab</name>
    <message>
        <source>附件类别</source>
        <translation>Kind of attachment</translation>
    </message>
    <message>
        <source>添加</source>
        <translation>Add</translation>
    </message>
    <message>
        <source>另存</source>
        <translation>Save as</translation>
    </message>
    <message>
        <source>把照片或 PDF 拖到这里，或按 Ctrl+V 粘贴截图。</source>
        <translation>Drop photos or PDFs here, or paste a screenshot with Ctrl+V.</translation>
    </message>
    <message>
        <source>剪贴板里没有图片或文件。</source>
        <translation>There is no picture or file on the clipboard.</translation>
    </message>
    <message>
        <source>正在保存…</source>
        <translation>Saving…</translation>
    </message>
    <message>
        <source>照片和 PDF (*.jpg *.jpeg *.png *.webp *.heic *.gif *.bmp *.pdf)</source>
        <translation>Photos and PDF (*.jpg *.jpeg *.png *.webp *.heic *.gif *.bmp *.pdf)</translation>
    </message>
    <message>
        <source>选择附件</source>
        <translation>Choose attachments</translation>
    </message>
    <message>
        <source>这台电脑没有能打开它的程序，可以用“另存”带到别处看。</source>
        <translation>No program here opens it; use “Save as” and look elsewhere.</translation>
    </message>
    <message>
        <source>另存附件</source>
        <translation>Save attachment as</translation>
    </message>
    <message>
        <source>附件</source>
        <translation>Attachment</translation>
    </message>
</context>
<context>
    <name>AuditSection</name>
    <message>
        <source>操作记录</source>
        <translation>Audit log</translation>
    </message>
    <message>
        <source>谁在什么时候查看了反映人信息、导入了文件、改了清单；只能增加，不能修改。审计员和值班长看全部，其他账号看自己的。案件怎样办的，看案件的时间线。</source>
        <translation>Who looked at a reporter, imported a file or changed a list, and when; lines are only added, never changed. Auditors and shift leaders see all, others their own. How a case was handled stands in its timeline.</translation>
    </message>
    <message>
        <source>按日期、账号、操作或对象筛选，空格隔开</source>
        <translation>Filter by date, account, action or object; blanks between</translation>
    </message>
    <message>
        <source>时间</source>
        <translation>Time</translation>
    </message>
    <message>
        <source>账号</source>
        <translation>Account</translation>
    </message>
    <message>
        <source>操作</source>
        <translation>Action</translation>
    </message>
    <message>
        <source>对象</source>
        <translation>Object</translation>
    </message>
    <message>
        <source>导出表格…</source>
        <translation>Export…</translation>
    </message>
    <message>
        <source>没有符合筛选的记录。</source>
        <translation>No line fits the filter.</translation>
    </message>
    <message>
        <source>还没有记录。</source>
        <translation>No lines yet.</translation>
    </message>
    <message>
        <source>{count} 条</source>
        <translation>{count} lines</translation>
    </message>
    <message>
        <source>导出操作记录</source>
        <translation>Export audit log</translation>
    </message>
    <message>
        <source>操作记录.xlsx</source>
        <translation>audit-log.xlsx</translation>
    </message>
    <message>
        <source>工作簿 (*.xlsx)</source>
        <translation>Workbook (*.xlsx)</translation>
    </message>
    <message>
        <source>已导出：{file}</source>
        <translation>Exported: {file}</translation>
    </message>
</context>
<context>
    <name>BackupSection</name>
    <message>
        <source>备份与恢复</source>
        <translation>Backup and restore</translation>
    </message>
    <message>
        <source>有改动时每半小时自动备份一次并轮换：当天全留，两周内每天留一份，八周内每周留一份。备份是加密的。</source>
        <translation>Backed up every half hour when something changed, and rotated: all of today, one a day for two weeks, one a week for eight weeks. Backups are encrypted.</translation>
    </message>
    <message>
        <source>立即备份</source>
        <translation>Back up now</translation>
    </message>
    <message>
        <source>备份到文件…</source>
        <translation>Back up to file…</translation>
    </message>
    <message>
        <source>恢复所选备份…</source>
        <translation>Restore chosen backup…</translation>
    </message>
    <message>
        <source>从文件恢复…</source>
        <translation>Restore from file…</translation>
    </message>
    <message>
        <source>显示恢复码</source>
        <translation>Show recovery code</translation>
    </message>
    <message>
        <source>时间</source>
        <translation>Time</translation>
    </message>
    <message>
        <source>种类</source>
        <translation>Kind</translation>
    </message>
    <message>
        <source>大小</source>
        <translation>Size</translation>
    </message>
    <message>
        <source>文件</source>
        <translation>File</translation>
    </message>
    <message>
        <source>恢复码</source>
        <translation>Recovery code</translation>
    </message>
    <message>
        <source>换电脑或重装后恢复备份要用它。请抄在纸上，与电脑分开保管；谁有它谁就能打开备份。</source>
        <translation>Needed to restore a backup on another or a reinstalled computer. Write it on paper and keep it away from the computer: whoever has it can open the backups.</translation>
    </message>
    <message>
        <source>还没有备份。有改动后半小时内自动备份，也可以现在点“立即备份”。</source>
        <translation>No backup yet. One is made within half an hour of a change, or now with “Back up now”.</translation>
    </message>
    <message>
        <source>正在备份…</source>
        <translation>Backing up…</translation>
    </message>
    <message>
        <source>已备份：{file}</source>
        <translation>Backed up: {file}</translation>
    </message>
    <message>
        <source>备份到</source>
        <translation>Back up to</translation>
    </message>
    <message>
        <source>备份 (*.gridbackup)</source>
        <translation>Backups (*.gridbackup)</translation>
    </message>
    <message>
        <source>选择备份文件</source>
        <translation>Choose a backup file</translation>
    </message>
    <message>
        <source>备份 (*.gridbackup);;所有文件 (*)</source>
        <translation>Backups (*.gridbackup);;All files (*)</translation>
    </message>
    <message>
        <source>隐藏恢复码</source>
        <translation>Hide recovery code</translation>
    </message>
    <message>
        <source>恢复前</source>
        <translation>Before restore</translation>
    </message>
    <message>
        <source>升级前</source>
        <translation>Before upgrade</translation>
    </message>
    <message>
        <source>已损坏</source>
        <translation>Damaged</translation>
    </message>
    <message>
        <source>自动</source>
        <translation>Automatic</translation>
    </message>
    <message>
        <source>手动</source>
        <translation>By hand</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>知道了</source>
        <translation>OK</translation>
    </message>
    <message>
        <source>选中这些</source>
        <translation>Select these</translation>
    </message>
    <message>
        <source>上次没有写完的导入“{file}”已接着写完，共 {count} 件案件。</source>
        <translation>The import of “{file}” that was cut off last time is finished now, {count} cases in all.</translation>
    </message>
    <message>
        <source>看这些案件</source>
        <translation>Show these cases</translation>
    </message>
</context>
<context>
    <name>BaseMapSection</name>
    <message>
        <source>底图</source>
        <translation>Base map</translation>
    </message>
    <message>
        <source>自带一份离线海陆底图。MBTiles、PMTiles 文件可在“导入”页导入，导入后在这里或地图的“底图”里选用。</source>
        <translation>An offline map of land and sea is included. Import MBTiles or PMTiles files on the page &quot;Import&quot;, then choose them here or under &quot;Base map&quot; on the map.</translation>
    </message>
    <message>
        <source>名称</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>类型</source>
        <translation>Type</translation>
    </message>
    <message>
        <source>级别</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>大小</source>
        <translation>Size</translation>
    </message>
    <message>
        <source>文件</source>
        <translation>File</translation>
    </message>
    <message>
        <source>用作底图</source>
        <translation>Use as base map</translation>
    </message>
    <message>
        <source>删除</source>
        <translation>Delete</translation>
    </message>
    <message>
        <source>确认删除</source>
        <translation>Confirm deletion</translation>
    </message>
    <message>
        <source>离线海陆底图（自带）</source>
        <translation>Offline land and sea (included)</translation>
    </message>
    <message>
        <source>矢量</source>
        <translation>Vector</translation>
    </message>
    <message>
        <source>不用底图</source>
        <translation>No base map</translation>
    </message>
    <message>
        <source>✓ 使用中</source>
        <translation>✓ In use</translation>
    </message>
    <message>
        <source>已换用这份底图。</source>
        <translation>This base map is now in use.</translation>
    </message>
    <message>
        <source>删除后要重新导入才能再用。</source>
        <translation>Once deleted, it must be imported again before use.</translation>
    </message>
    <message>
        <source>已删除。</source>
        <translation>Deleted.</translation>
    </message>
    <message>
        <source>图片</source>
        <translation>Image</translation>
    </message>
</context>
<context>
    <name>BasisTab</name>
    <message>
        <source>还没有选定立案条件。立案时选定后，这里显示清单依据。</source>
        <translation>No filing condition chosen yet. Once the case is filed under one, its duty list is shown here.</translation>
    </message>
    <message>
        <source>类别</source>
        <translation>Category</translation>
    </message>
    <message>
        <source>立案条件</source>
        <translation>Filing condition</translation>
    </message>
    <message>
        <source>结案条件</source>
        <translation>Closing condition</translation>
    </message>
    <message>
        <source>处置时限</source>
        <translation>Handling limit</translation>
    </message>
    <message>
        <source>主体责任</source>
        <translation>Lead duty</translation>
    </message>
    <message>
        <source>配合责任</source>
        <translation>Support duty</translation>
    </message>
    <message>
        <source>清单</source>
        <translation>List</translation>
    </message>
    <message>
        <source>清单编号</source>
        <translation>List number</translation>
    </message>
    <message>
        <source>版本</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>自 {date} 起</source>
        <translation>Since {date}</translation>
    </message>
</context>
<context>
    <name>Batch</name>
    <message>
        <source>正在{word}，请办完再试。</source>
        <translation>{word} is still going on; try again after it.</translation>
    </message>
    <message>
        <source>正在{word} {done}/{total}，按 Esc 停止</source>
        <translation>{word} {done}/{total}, Esc stops</translation>
    </message>
    <message>
        <source>已撤销“{step}” {times} 份 {which}</source>
        <translation>Undone: “{step}”, {times} of them, {which}</translation>
    </message>
    <message>
        <source>{count} 件</source>
        <translation>{count} cases</translation>
    </message>
    <message>
        <source>已撤销“{step}” {which}</source>
        <translation>Undone: “{step}”, {which}</translation>
    </message>
</context>
<context>
    <name>BoxButton</name>
    <message>
        <source>{word} {count} 件</source>
        <translation>{word}: {count} cases</translation>
    </message>
</context>
<context>
    <name>CaseActing</name>
    <message>
        <source>已{action} {number}（Ctrl+Z 撤销）</source>
        <translation>{action}: {number} (Ctrl+Z to undo)</translation>
    </message>
    <message>
        <source>已撤销“{action}” {number}</source>
        <translation>Undone: “{action}”, {number}</translation>
    </message>
    <message>
        <source>案件现为“{state}”，现在不能{action}。</source>
        <translation>The case is &quot;{state}&quot;; not possible now: {action}.</translation>
    </message>
    <message>
        <source>还在等：{parts}。</source>
        <translation>Still waiting for: {parts}.</translation>
    </message>
</context>
<context>
    <name>CaseDelegate</name>
    <message>
        <source>冲突</source>
        <translation>Conflict</translation>
    </message>
</context>
<context>
    <name>CaseHeader</name>
    <message>
        <source>网格待定</source>
        <translation>Grid not set</translation>
    </message>
    <message>
        <source>停更：本席位已无权查看这件，内容停在 {when}</source>
        <translation>Stands still: this desk may no longer read this case; it shows how it was at {when}</translation>
    </message>
    <message>
        <source>{stage}时限 {limit}，到期 {due}</source>
        <translation>{stage} limit {limit}, due {due}</translation>
    </message>
</context>
<context>
    <name>CaseList</name>
    <message>
        <source>{unit} +{count}</source>
        <translation>{unit} +{count}</translation>
    </message>
    <message>
        <source>编号</source>
        <translation>Number</translation>
    </message>
    <message>
        <source>标题</source>
        <translation>Title</translation>
    </message>
    <message>
        <source>级别</source>
        <translation>Lvl</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>主办单位</source>
        <translation>Lead unit</translation>
    </message>
    <message>
        <source>时限</source>
        <translation>Deadline</translation>
    </message>
    <message>
        <source>来源</source>
        <translation>Channel</translation>
    </message>
    <message>
        <source>网格</source>
        <translation>Grid</translation>
    </message>
    <message>
        <source>登记时间</source>
        <translation>Registered</translation>
    </message>
    <message>
        <source>{days}工作日 {clock}</source>
        <translation>{days} wd {clock}</translation>
    </message>
    <message>
        <source>{days}天 {clock}</source>
        <translation>{days} d {clock}</translation>
    </message>
    <message>
        <source>到期 {moment}
工时超期 {working}，自然超期 {natural}</source>
        <translation>Due {moment}
Overdue: working time {working}, natural time {natural}</translation>
    </message>
    <message>
        <source>到期 {moment}
工时剩余 {working}，自然剩余 {natural}</source>
        <translation>Due {moment}
Left: working time {working}, natural time {natural}</translation>
    </message>
    <message>
        <source>超期 {clock}</source>
        <translation>Over {clock}</translation>
    </message>
    <message>
        <source>超期 {days}天</source>
        <translation>Over {days} d</translation>
    </message>
    <message>
        <source>工时 {clock}</source>
        <translation>Work {clock}</translation>
    </message>
    <message>
        <source>自然 {clock}</source>
        <translation>Natural {clock}</translation>
    </message>
    <message>
        <source>导入时没有带时限，立案后按立案条件计时</source>
        <translation>Imported without a deadline; after filing it runs by the filing condition</translation>
    </message>
    <message>
        <source>受理 {clock}</source>
        <translation>Accept {clock}</translation>
    </message>
    <message>
        <source>核查 {clock}</source>
        <translation>Verify {clock}</translation>
    </message>
    <message>
        <source>重派 {clock}</source>
        <translation>Again {clock}</translation>
    </message>
    <message>
        <source>派遣 {clock}</source>
        <translation>Dispatch {clock}</translation>
    </message>
    <message>
        <source>全部（含已办结）</source>
        <translation>All (with ended)</translation>
    </message>
    <message>
        <source>改名</source>
        <translation>Rename</translation>
    </message>
    <message>
        <source>删除视图</source>
        <translation>Delete view</translation>
    </message>
    <message>
        <source>视图名称，回车保存</source>
        <translation>Name of the view, Enter saves</translation>
    </message>
    <message>
        <source>已有这个名称的视图，换一个</source>
        <translation>Name is taken, choose another</translation>
    </message>
    <message>
        <source>含已办结</source>
        <translation>With ended</translation>
    </message>
    <message>
        <source>地图框选</source>
        <translation>Map box</translation>
    </message>
    <message>
        <source>“{text}”</source>
        <translation>&quot;{text}&quot;</translation>
    </message>
    <message>
        <source>导入的 {count} 件</source>
        <translation>Imported: {count}</translation>
    </message>
    <message>
        <source>同步中心不收的 {count} 件</source>
        <translation>{count} that the hub does not take</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>没有在办案件。按 F3 登记，或从“导入”带入已有案件。</source>
        <translation>No open cases. Press F3 to register one, or bring in cases with &quot;Import&quot;.</translation>
    </message>
    <message>
        <source>在全部案件中查找</source>
        <translation>Search in all cases</translation>
    </message>
    <message>
        <source>没有符合这些条件的案件。</source>
        <translation>No case meets these conditions.</translation>
    </message>
    <message>
        <source>没有在办案件。本席位不登记案件，派来或可看的案件随同步到来，按 F5 立即同步。</source>
        <translation>No open cases. This desk registers none; cases dispatched to it or shown to it come with synchronisation. F5 synchronises now.</translation>
    </message>
    <message>
        <source>这里读到第 {count} 件为止，后面还有。要看最后的，请点表头倒过来排，或加条件、查找。</source>
        <translation>Read up to case {count}; more follow. To see the last ones click a column head to reverse the order, or filter and search.</translation>
    </message>
    <message>
        <source>已删除视图“{name}”</source>
        <translation>View “{name}” deleted</translation>
    </message>
    <message>
        <source>已存为视图“{name}”</source>
        <translation>Saved as the view “{name}”</translation>
    </message>
    <message>
        <source>视图“{name}”已恢复</source>
        <translation>View “{name}” is back</translation>
    </message>
    <message>
        <source>视图“{before}”已改名为“{after}”</source>
        <translation>The view “{before}” is now called “{after}”</translation>
    </message>
    <message>
        <source>清除条件</source>
        <translation>Clear filters</translation>
    </message>
    <message>
        <source>重试</source>
        <translation>Try again</translation>
    </message>
</context>
<context>
    <name>CaseModel</name>
    <message>
        <source>冲突：两处同时办理，请核对</source>
        <translation>Conflict: handled in two places at once, please check</translation>
    </message>
    <message>
        <source>未上报：只在本机，联网后上报</source>
        <translation>Not reported: on this computer only, will be reported when online</translation>
    </message>
    <message>
        <source>已搁置：只在本机，没有上报</source>
        <translation>Set aside: only on this computer, not reported</translation>
    </message>
</context>
<context>
    <name>CasePanel</name>
    <message>
        <source>案件详情</source>
        <translation>Case details</translation>
    </message>
    <message>
        <source>已添加 {count} 份附件 {number}（Ctrl+Z 撤销）</source>
        <translation>Added {count} attachments, {number} (Ctrl+Z undoes)</translation>
    </message>
</context>
<context>
    <name>CaseTable</name>
    <message>
        <source>案件列表</source>
        <translation>Case list</translation>
    </message>
    <message>
        <source>{column}（列表窄，暂不显示）</source>
        <translation>{column} (list too narrow)</translation>
    </message>
    <message>
        <source>恢复默认列</source>
        <translation>Default columns</translation>
    </message>
</context>
<context>
    <name>CaseTop</name>
    <message>
        <source>显示号码</source>
        <translation>Show numbers</translation>
    </message>
    <message>
        <source>两个席位同时处理，待选择…</source>
        <translation>Conflict of two desks: choose…</translation>
    </message>
    <message>
        <source>看双方各做了什么，选一方</source>
        <translation>See what each side did, and choose one</translation>
    </message>
    <message>
        <source>还没有选中案件。
在列表里用 ↑ ↓ 选一件，或在地图上点一件；按 F3 登记新案件，按 Ctrl+K 查找。</source>
        <translation>No case chosen.
Choose one in the list with ↑ ↓ or on the map; F3 registers a new case, Ctrl+K finds one.</translation>
    </message>
    <message>
        <source>还没有选中案件。
在列表里用 ↑ ↓ 选一件，或在地图上点一件；按 Ctrl+K 查找。</source>
        <translation>No case is chosen.
Choose one in the list with ↑ ↓, or click one on the map; Ctrl+K searches.</translation>
    </message>
    <message>
        <source>{state} {count} 件</source>
        <translation>{state}: {count}</translation>
    </message>
    <message>
        <source>已选 {count} 件
{states}</source>
        <translation>{count} cases chosen
{states}</translation>
    </message>
    <message>
        <source>附件</source>
        <translation>Files</translation>
    </message>
    <message>
        <source>关联</source>
        <translation>Related</translation>
    </message>
    <message>
        <source>疑似重复 {count} 件：{words}</source>
        <translation>{count} possible duplicates: {words}</translation>
    </message>
    <message>
        <source>看看可能重复的案件</source>
        <translation>See the possible duplicates</translation>
    </message>
    <message>
        <source>时间线</source>
        <translation>Timeline</translation>
    </message>
    <message>
        <source>详情</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>责任依据</source>
        <translation>Duty list</translation>
    </message>
</context>
<context>
    <name>CaseWork</name>
    <message>
        <source>单位</source>
        <translation>Unit</translation>
    </message>
    <message>
        <source>理由</source>
        <translation>Reason</translation>
    </message>
    <message>
        <source>层级</source>
        <translation>Level</translation>
    </message>
    <message>
        <source>输入社区、网格或编码</source>
        <translation>Community, grid or code</translation>
    </message>
    <message>
        <source>网格</source>
        <translation>Grid</translation>
    </message>
    <message>
        <source>标题</source>
        <translation>Title</translation>
    </message>
    <message>
        <source>描述</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>地址</source>
        <translation>Address</translation>
    </message>
    <message>
        <source>紧急程度</source>
        <translation>Urgency</translation>
    </message>
    <message>
        <source>立案条件</source>
        <translation>Standard</translation>
    </message>
    <message>
        <source>结案条件：{text}</source>
        <translation>To close: {text}</translation>
    </message>
    <message>
        <source>立案 {count} 件</source>
        <translation>File {count}</translation>
    </message>
    <message>
        <source>{count} 件缺{field}</source>
        <translation>{count} without {field}</translation>
    </message>
    <message>
        <source>{parts}；已有的保持不变。</source>
        <translation>{parts}; what they have stays.</translation>
    </message>
    <message>
        <source>同一立案标准与网格</source>
        <translation>One condition and grid for all</translation>
    </message>
    <message>
        <source>结案 {count} 件</source>
        <translation>Close {count}</translation>
    </message>
    <message>
        <source>每一件都满足各自的结案条件才能结案。</source>
        <translation>Each case must meet its own closing condition.</translation>
    </message>
    <message>
        <source>输入文字或拼音首字母</source>
        <translation>Text or pinyin initials</translation>
    </message>
    <message>
        <source>原因</source>
        <translation>Reason</translation>
    </message>
    <message>
        <source>说明</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>可不填</source>
        <translation>Optional</translation>
    </message>
    <message>
        <source>写明依据，供重新派遣参考</source>
        <translation>State the grounds, for whoever dispatches again</translation>
    </message>
    <message>
        <source>处置结果</source>
        <translation>Result</translation>
    </message>
    <message>
        <source>做了什么，结果如何</source>
        <translation>What was done, and what came of it</translation>
    </message>
    <message>
        <source>已联系反映人</source>
        <translation>Reporter contacted</translation>
    </message>
    <message>
        <source>对外答复</source>
        <translation>Reply</translation>
    </message>
    <message>
        <source>通过</source>
        <translation>Pass</translation>
    </message>
    <message>
        <source>返工</source>
        <translation>Rework</translation>
    </message>
    <message>
        <source>协办免办</source>
        <translation>Release supporting unit</translation>
    </message>
    <message>
        <source>结论</source>
        <translation>Verdict</translation>
    </message>
    <message>
        <source>返工、免办必填</source>
        <translation>Needed for rework and release</translation>
    </message>
    <message>
        <source>结案条件已满足</source>
        <translation>Closing condition met</translation>
    </message>
    <message>
        <source>结案说明</source>
        <translation>Note</translation>
    </message>
    <message>
        <source>催办内容</source>
        <translation>Message</translation>
    </message>
    <message>
        <source>评价</source>
        <translation>Rating</translation>
    </message>
    <message>
        <source>意见</source>
        <translation>Opinion</translation>
    </message>
    <message>
        <source>备注</source>
        <translation>Note</translation>
    </message>
</context>
<context>
    <name>CatchingUp</name>
    <message>
        <source>正在更新数据</source>
        <translation>Updating the data</translation>
    </message>
    <message>
        <source>退出，下次打开时接着整理</source>
        <translation>Leave; the next start goes on</translation>
    </message>
    <message>
        <source>程序更新后要把案件按新的规则整理一遍，只做这一次。中途退出不会丢数据。</source>
        <translation>After an update the cases are brought after the new rules, once. Leaving meanwhile loses nothing.</translation>
    </message>
    <message>
        <source>程序更新后要先备份，再改写数据，只做这一次。请不要关机。</source>
        <translation>After an update the data are backed up and then rewritten, once. Please do not switch off.</translation>
    </message>
    <message>
        <source>已整理 {done} / {of} 件</source>
        <translation>{done} of {of} cases done</translation>
    </message>
</context>
<context>
    <name>ChoiceButton</name>
    <message>
        <source>{words}（{which}）</source>
        <translation>{words} ({which})</translation>
    </message>
</context>
<context>
    <name>Chooser</name>
    <message>
        <source>“{field}”里没有“{words}”。按 ↓ 看有哪些；一个也没有时，先在“导入”页导入。</source>
        <translation>“{field}” has no “{words}”. ↓ shows what there is; if there is nothing, bring it in on the page “Import” first.</translation>
    </message>
    <message>
        <source>“{field}”里有“{words}”的不止一个，按 ↓ 选一个。</source>
        <translation>More than one in “{field}” has “{words}”; press ↓ and choose one.</translation>
    </message>
</context>
<context>
    <name>ChosenCases</name>
    <message>
        <source>{action}要逐件办理，请只选一件。</source>
        <translation>{action} is done case by case: choose only one.</translation>
    </message>
</context>
<context>
    <name>ColumnsPanel</name>
    <message>
        <source>列对应</source>
        <translation>Columns</translation>
    </message>
    <message>
        <source>按表头自动对好，同样的表头下次沿用</source>
        <translation>Matched by the header, and kept for files with the same header</translation>
    </message>
    <message>
        <source>带 * 的必须有</source>
        <translation>those with * are required</translation>
    </message>
    <message>
        <source>表头里没有认得的列，请自己选；同样的表头下次沿用</source>
        <translation>No known heading: please choose the columns; the same headings are remembered.</translation>
    </message>
    <message>
        <source>（不取）</source>
        <translation>(leave out)</translation>
    </message>
</context>
<context>
    <name>CommandBar</name>
    <message>
        <source>单位、编号、网格、命令，如 zhzf</source>
        <translation>Unit, number, grid, command, e.g. zhzf</translation>
    </message>
    <message>
        <source>命令栏</source>
        <translation>Command bar</translation>
    </message>
    <message>
        <source>在案件中查找“{text}”</source>
        <translation>Search the cases for &quot;{text}&quot;</translation>
    </message>
    <message>
        <source>标题、描述、地址、编号</source>
        <translation>Title, description, address, number</translation>
    </message>
    <message>
        <source>该单位的案件</source>
        <translation>Cases of this unit</translation>
    </message>
    <message>
        <source>只看这一类</source>
        <translation>Show only these</translation>
    </message>
    <message>
        <source>保存的视图</source>
        <translation>Saved view</translation>
    </message>
    <message>
        <source>再选一次倒过来</source>
        <translation>Choose again to reverse</translation>
    </message>
    <message>
        <source>按{column}排序</source>
        <translation>Sort by {column}</translation>
    </message>
</context>
<context>
    <name>CommandNames</name>
    <message>
        <source>说明 手册 教程</source>
        <translation>manual guide how to</translation>
    </message>
    <message>
        <source>新建 新增 录入 接警 建单</source>
        <translation>new add enter call create</translation>
    </message>
    <message>
        <source>更新 上传</source>
        <translation>update upload</translation>
    </message>
    <message>
        <source>表格 模板 Excel xlsx csv</source>
        <translation>table template Excel xlsx csv</translation>
    </message>
    <message>
        <source>U盘 优盘 注册 上传 网络 未上报</source>
        <translation>stick USB enrol upload network unreported</translation>
    </message>
    <message>
        <source>断网 网线</source>
        <translation>disconnect cable</translation>
    </message>
    <message>
        <source>撤回 反悔</source>
        <translation>take back revert</translation>
    </message>
    <message>
        <source>搜索 查询 检索</source>
        <translation>search query look up</translation>
    </message>
    <message>
        <source>重置 清空 全部案件</source>
        <translation>reset empty all cases</translation>
    </message>
    <message>
        <source>主题 夜间 暗色</source>
        <translation>theme night dark</translation>
    </message>
    <message>
        <source>选项 配置 参数</source>
        <translation>options configuration parameters</translation>
    </message>
    <message>
        <source>关闭 下班</source>
        <translation>close leave</translation>
    </message>
    <message>
        <source>不受理 拒绝</source>
        <translation>refuse reject</translation>
    </message>
    <message>
        <source>派单 交办 转办 分派 指派</source>
        <translation>assign hand over forward allot</translation>
    </message>
    <message>
        <source>接单</source>
        <translation>accept</translation>
    </message>
    <message>
        <source>回复 处置结果</source>
        <translation>reply result</translation>
    </message>
    <message>
        <source>核实 复查</source>
        <translation>check inspect</translation>
    </message>
    <message>
        <source>办结 归档</source>
        <translation>finish archive</translation>
    </message>
    <message>
        <source>退单 驳回</source>
        <translation>send back reject</translation>
    </message>
    <message>
        <source>转派 换单位</source>
        <translation>reassign change unit</translation>
    </message>
    <message>
        <source>催单 督促</source>
        <translation>urge remind</translation>
    </message>
    <message>
        <source>更正 编辑 补充</source>
        <translation>correct edit complete</translation>
    </message>
    <message>
        <source>批注 说明</source>
        <translation>remark explain</translation>
    </message>
    <message>
        <source>满意度 回访</source>
        <translation>satisfaction call back</translation>
    </message>
    <message>
        <source>删除</source>
        <translation>Delete</translation>
    </message>
    <message>
        <source>主题 浅色 深色 颜色</source>
        <translation>theme light dark colours</translation>
    </message>
    <message>
        <source>工作日 节假日 日历 调休 上班时间 镇街代码</source>
        <translation>workdays holidays calendar make-up days hours township code</translation>
    </message>
    <message>
        <source>立案条件 责任清单</source>
        <translation>filing conditions responsibility list</translation>
    </message>
    <message>
        <source>还原 恢复码 加密 密钥 换电脑</source>
        <translation>restore recovery code encryption key new computer</translation>
    </message>
    <message>
        <source>地图 影像 卫星 瓦片</source>
        <translation>map imagery satellite tiles</translation>
    </message>
    <message>
        <source>日志 审计 留痕</source>
        <translation>log audit trail</translation>
    </message>
    <message>
        <source>版本 开源 升级</source>
        <translation>version open source upgrade</translation>
    </message>
</context>
<context>
    <name>Confirmation</name>
    <message>
        <source>发生了什么：{words}</source>
        <translation>What happened: {words}</translation>
    </message>
    <message>
        <source>保留什么：{words}</source>
        <translation>What is kept: {words}</translation>
    </message>
</context>
<context>
    <name>ConflictList</name>
    <message>
        <source>等待选择的案件</source>
        <translation>Cases waiting for a choice</translation>
    </message>
</context>
<context>
    <name>ConflictPage</name>
    <message>
        <source>在案件台看这件</source>
        <translation>See it on the desk</translation>
    </message>
    <message>
        <source>冲突：两个席位同时处理的案件</source>
        <translation>Conflicts: cases handled by two desks at once</translation>
    </message>
    <message>
        <source>正在读取…</source>
        <translation>Reading…</translation>
    </message>
    <message>
        <source>按 1 或 2 选，Enter 确定，或直接点击；没选中的一方留在时间线里，标为未生效。选错了按 Ctrl+Z。先到、后到按到达同步中心的次序，不看钟点。</source>
        <translation>Choose with 1 or 2 and press Enter, or click; the other side stays in the timeline, marked as not in force. Ctrl+Z takes it back. First and later are told by arrival at the hub, not by the clock.</translation>
    </message>
    <message>
        <source>{count} 件以上</source>
        <translation>{count} or more</translation>
    </message>
    <message>
        <source>{count} 件等待选择</source>
        <translation>{count} to choose</translation>
    </message>
    <message>
        <source>第 1 处，共 {count} 处</source>
        <translation>conflict 1 of {count}</translation>
    </message>
    <message>
        <source>先到</source>
        <translation>first</translation>
    </message>
    <message>
        <source>后到</source>
        <translation>later</translation>
    </message>
    <message>
        <source>当前角色只能查看，请由值班长或受理派遣员选择。</source>
        <translation>Your role can only look here: the duty chief or a dispatcher chooses.</translation>
    </message>
    <message>
        <source>没有等待选择的案件。

两个席位离线时处理了同一案件、又不能都算数时，会列在这里，由人选择；互不影响的（备注、照片、催办等）自动合并，不打扰您。</source>
        <translation>No case waits for a choice.

When two desks handled the same case offline and both cannot count, it is listed here for somebody to choose. What does not clash (notes, photos, urging …) is merged without asking.</translation>
    </message>
    <message>
        <source>先按 1 或 2 选一方，再按 Enter。</source>
        <translation>First choose a side with 1 or 2, then press Enter.</translation>
    </message>
    <message>
        <source>{number} 已{choice}。</source>
        <translation>{number} done: {choice}.</translation>
    </message>
    <message>
        <source>已撤销，请重新选择。</source>
        <translation>Undone; please choose again.</translation>
    </message>
</context>
<context>
    <name>Conflicts</name>
    <message>
        <source>双方共知</source>
        <translation>Known to both</translation>
    </message>
    <message>
        <source>分开之前</source>
        <translation>before the split</translation>
    </message>
    <message>
        <source>先到的（现在有效）</source>
        <translation>First (in force)</translation>
    </message>
    <message>
        <source>保持{deeds}</source>
        <translation>Keep {deeds}</translation>
    </message>
    <message>
        <source>后到的（待定）</source>
        <translation>Later (undecided)</translation>
    </message>
    <message>
        <source>改为{deeds}</source>
        <translation>Change to {deeds}</translation>
    </message>
    <message>
        <source>改为{deeds}，“{end}”随之撤回</source>
        <translation>Change to {deeds}; “{end}” is withdrawn</translation>
    </message>
    <message>
        <source>本席位</source>
        <translation>this desk</translation>
    </message>
    <message>
        <source>对方席位</source>
        <translation>other desk</translation>
    </message>
    <message>
        <source>其他席位</source>
        <translation>another desk</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>主办单位</source>
        <translation>Lead unit</translation>
    </message>
    <message>
        <source>协办单位</source>
        <translation>Support</translation>
    </message>
    <message>
        <source>层级</source>
        <translation>Level</translation>
    </message>
    <message>
        <source>时限</source>
        <translation>Deadline</translation>
    </message>
    <message>
        <source>处置结果</source>
        <translation>Result</translation>
    </message>
    <message>
        <source>评价</source>
        <translation>Rating</translation>
    </message>
    <message>
        <source>退回次数</source>
        <translation>Returns</translation>
    </message>
    <message>
        <source>返工次数</source>
        <translation>Reworks</translation>
    </message>
    <message>
        <source>{unit}（{part}）</source>
        <translation>{unit} ({part})</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>时限 {due}</source>
        <translation>due {due}</translation>
    </message>
    <message>
        <source>还有一处冲突要选</source>
        <translation>another conflict is left to choose</translation>
    </message>
    <message>
        <source>案件为：{parts}</source>
        <translation>Case becomes: {parts}</translation>
    </message>
    <message>
        <source>原样（所做的已撤销）</source>
        <translation>as it was (the deed was undone)</translation>
    </message>
    <message>
        <source>{deeds}等</source>
        <translation>{deeds} …</translation>
    </message>
    <message>
        <source>标题</source>
        <translation>Title</translation>
    </message>
    <message>
        <source>描述</source>
        <translation>Description</translation>
    </message>
    <message>
        <source>来源</source>
        <translation>Channel</translation>
    </message>
    <message>
        <source>发生时间</source>
        <translation>Time of the event</translation>
    </message>
    <message>
        <source>立案条件</source>
        <translation>Filed under</translation>
    </message>
    <message>
        <source>紧急程度</source>
        <translation>Urgency</translation>
    </message>
    <message>
        <source>网格</source>
        <translation>Grid</translation>
    </message>
    <message>
        <source>地址</source>
        <translation>Address</translation>
    </message>
    <message>
        <source>经度</source>
        <translation>Longitude</translation>
    </message>
    <message>
        <source>纬度</source>
        <translation>Latitude</translation>
    </message>
    <message>
        <source>反映人</source>
        <translation>Reporter</translation>
    </message>
    <message>
        <source>电话</source>
        <translation>Telephone</translation>
    </message>
    <message>
        <source>涉及人员</source>
        <translation>People involved</translation>
    </message>
    <message>
        <source>上级编号</source>
        <translation>Superior&apos;s no.</translation>
    </message>
    <message>
        <source>敏感</source>
        <translation>Sensitive</translation>
    </message>
    <message>
        <source>要求回复</source>
        <translation>Reply wanted</translation>
    </message>
    <message>
        <source>要求保密</source>
        <translation>Confidential</translation>
    </message>
    <message>
        <source>—</source>
        <translation>—</translation>
    </message>
    <message>
        <source>是</source>
        <translation>Yes</translation>
    </message>
    <message>
        <source>否</source>
        <translation>No</translation>
    </message>
    <message>
        <source>“{name}”</source>
        <translation> ({name})</translation>
    </message>
    <message>
        <source>撤销“{step}”</source>
        <translation>Undo “{step}”</translation>
    </message>
    <message>
        <source>派遣给“{unit}”</source>
        <translation>dispatch to &quot;{unit}&quot;</translation>
    </message>
    <message>
        <source>派给“{unit}”（改派）</source>
        <translation>reassignment to &quot;{unit}&quot;</translation>
    </message>
    <message>
        <source>{field}写作“{value}”</source>
        <translation>{field} &quot;{value}&quot;</translation>
    </message>
    <message>
        <source>修改后的{fields}</source>
        <translation>changed {fields}</translation>
    </message>
    <message>
        <source>评价“{rating}”</source>
        <translation>rating &quot;{rating}&quot;</translation>
    </message>
    <message>
        <source>上次冲突里选的“{choice}”</source>
        <translation>chosen in the last conflict: “{choice}”</translation>
    </message>
    <message>
        <source>{unit}签收</source>
        <translation>signing{unit}</translation>
    </message>
    <message>
        <source>{unit}退回</source>
        <translation>return{unit}</translation>
    </message>
    <message>
        <source>{unit}反馈处置结果</source>
        <translation>result{unit}</translation>
    </message>
    <message>
        <source>核查通过{unit}</source>
        <translation>verification{unit}</translation>
    </message>
    <message>
        <source>协办{unit}免办</source>
        <translation>release from support{unit}</translation>
    </message>
    <message>
        <source>要求{unit}返工</source>
        <translation>rework{unit}</translation>
    </message>
</context>
<context>
    <name>CopiedLabel</name>
    <message>
        <source>复制</source>
        <translation>Copy</translation>
    </message>
</context>
<context>
    <name>CoverPage</name>
    <message>
        <source>返回</source>
        <translation>Back</translation>
    </message>
</context>
<context>
    <name>CrsPanel</name>
    <message>
        <source>文件里没有能画出来的位置，请按来源选择。</source>
        <translation>The file has no place that can be drawn; choose by where it comes from.</translation>
    </message>
    <message>
        <source>文件用的是哪种坐标？</source>
        <translation>Which coordinates does the file use?</translation>
    </message>
    <message>
        <source>看近处</source>
        <translation>Look closer</translation>
    </message>
    <message>
        <source>放大到文件里的一处，再按看下一处</source>
        <translation>Zoom to a place in the file; press again for the next</translation>
    </message>
    <message>
        <source>文件自称是 {declared}，但导出软件常常写错，请以来源为准，并在地图上核对。</source>
        <translation>The file says {declared}, but export programs often get it wrong: go by its source and check on the map.</translation>
    </message>
    <message>
        <source>文件的每一行都写明是 {declared}，已照此选好；请在地图上核对，再导入。</source>
        <translation>Every row of the file names {declared}, which is chosen; please check it on the map before importing.</translation>
    </message>
    <message>
        <source>选一种，看右边地图上的位置对不对，再导入。</source>
        <translation>Choose one, check the places on the map to the right, then import.</translation>
    </message>
</context>
<context>
    <name>DeskActions</name>
    <message>
        <source>现在不能“{action}”。</source>
        <translation>Not possible now: {action}.</translation>
    </message>
    <message>
        <source>请先选择案件。</source>
        <translation>Choose a case first.</translation>
    </message>
</context>
<context>
    <name>DeskLists</name>
    <message>
        <source>未落格</source>
        <translation>In no grid</translation>
    </message>
    <message>
        <source>全部网格</source>
        <translation>All grids</translation>
    </message>
</context>
<context>
    <name>DetailsTab</name>
    <message>
        <source>显示反映人</source>
        <translation>Show reporter</translation>
    </message>
    <message>
        <source>编号</source>
        <translation>Number</translation>
    </message>
    <message>
        <source>标题</source>
        <translation>Title</translation>
    </message>
    <message>
        <source>显示这件案件里的姓名和号码原文，换到别的案件再遮住；谁在何时看过，记入操作记录</source>
        <translation>Show names and numbers of this case as written; another case hides them again. Who looked and when goes into the record</translation>
    </message>
    <message>
        <source>显示号码</source>
        <translation>Show numbers</translation>
    </message>
    <message>
        <source>描述</source>
        <translation>Description</translation>
    </message>
    <message>
        <source>来源</source>
        <translation>Channel</translation>
    </message>
    <message>
        <source>上级编号</source>
        <translation>Superior&apos;s no.</translation>
    </message>
    <message>
        <source>立案条件</source>
        <translation>Filed under</translation>
    </message>
    <message>
        <source>紧急程度</source>
        <translation>Urgency</translation>
    </message>
    <message>
        <source>敏感</source>
        <translation>Sensitive</translation>
    </message>
    <message>
        <source>是</source>
        <translation>Yes</translation>
    </message>
    <message>
        <source>发生时间</source>
        <translation>Occurred</translation>
    </message>
    <message>
        <source>登记时间</source>
        <translation>Registered</translation>
    </message>
    <message>
        <source>镇街</source>
        <translation>Township</translation>
    </message>
    <message>
        <source>网格</source>
        <translation>Grid</translation>
    </message>
    <message>
        <source>待定</source>
        <translation>Not set</translation>
    </message>
    <message>
        <source>地址</source>
        <translation>Address</translation>
    </message>
    <message>
        <source>坐标</source>
        <translation>Coordinates</translation>
    </message>
    <message>
        <source>原始坐标</source>
        <translation>Coordinates as given</translation>
    </message>
    <message>
        <source>反映人</source>
        <translation>Reporter</translation>
    </message>
    <message>
        <source>电话</source>
        <translation>Telephone</translation>
    </message>
    <message>
        <source>联系群众</source>
        <translation>Contact</translation>
    </message>
    <message>
        <source>来电人信息未随派遣提供</source>
        <translation>Who reported was not passed on with the dispatch</translation>
    </message>
    <message>
        <source>要求回复</source>
        <translation>Reply wanted</translation>
    </message>
    <message>
        <source>要求保密</source>
        <translation>Confidential</translation>
    </message>
    <message>
        <source>诉求</source>
        <translation>Demand</translation>
    </message>
    <message>
        <source>涉及人员</source>
        <translation>People involved</translation>
    </message>
    <message>
        <source>{limit}，至 {due}</source>
        <translation>{limit}, until {due}</translation>
    </message>
</context>
<context>
    <name>Dispatch</name>
    <message>
        <source>派遣后：处置时限 {limit}，至{due}</source>
        <translation>Then: handling limit {limit}, until {due}</translation>
    </message>
    <message>
        <source>{unit} {count} 件</source>
        <translation>{unit} {count}</translation>
    </message>
    <message>
        <source>无建议单位</source>
        <translation>nobody proposed</translation>
    </message>
    <message>
        <source>等</source>
        <translation> …</translation>
    </message>
</context>
<context>
    <name>DispatchPanel</name>
    <message>
        <source>派遣</source>
        <translation>Dispatch</translation>
    </message>
    <message>
        <source>各按建议派遣</source>
        <translation>As proposed</translation>
    </message>
    <message>
        <source>每件派给责任清单所列、管辖当地的单位</source>
        <translation>Each case goes to the local unit named in its duty list</translation>
    </message>
    <message>
        <source>请填写改派理由。</source>
        <translation>Please give the reason for reassigning.</translation>
    </message>
    <message>
        <source>{count} 件的建议主办不在责任清单内，请填写理由。</source>
        <translation>The proposed lead of {count} is not on the responsibility list; please give a reason.</translation>
    </message>
    <message>
        <source>所选主办单位不在责任清单内，请填写理由。</source>
        <translation>The lead unit chosen is not in the duty list: please give a reason.</translation>
    </message>
    <message>
        <source>没有单位是“{words}”。改几个字再试，按 Esc 看建议的单位。</source>
        <translation>No unit is “{words}”. Change some letters, or press Esc for the units proposed.</translation>
    </message>
    <message>
        <source>{count} 件全部派给 {unit}</source>
        <translation>{count} cases, all to {unit}</translation>
    </message>
    <message>
        <source>{count} 件各按建议派遣</source>
        <translation>{count} cases, each as proposed</translation>
    </message>
    <message>
        <source>{told}：{units}</source>
        <translation>{told}: {units}</translation>
    </message>
    <message>
        <source>改派</source>
        <translation>Reassign</translation>
    </message>
    <message>
        <source>派遣 {count} 件</source>
        <translation>Dispatch {count} cases</translation>
    </message>
    <message>
        <source>正在派遣 {done}/{total}，按 Esc 停止</source>
        <translation>Dispatching {done}/{total}, Esc stops</translation>
    </message>
</context>
<context>
    <name>DispatchSheet</name>
    <message>
        <source>派遣</source>
        <translation>Dispatch</translation>
    </message>
    <message>
        <source>需联系群众（随派遣提供来电人姓名和电话）</source>
        <translation>Contact needed (passes on name, phone)</translation>
    </message>
    <message>
        <source>需联系群众（来电人要求保密，不提供）</source>
        <translation>Contact needed (secret: not passed on)</translation>
    </message>
    <message>
        <source>输入拼音首字母或数字选择</source>
        <translation>Pinyin initials or a digit</translation>
    </message>
    <message>
        <source>筛选单位：数字设主办，Shift+数字或空格设协办，Enter 派遣</source>
        <translation>Filter units: a digit sets the lead, Shift+digit or space support, Enter dispatches</translation>
    </message>
    <message>
        <source>派遣理由</source>
        <translation>Reason for dispatch</translation>
    </message>
    <message>
        <source>不勾选时，承办单位看不到是谁反映的。提供后不能收回。</source>
        <translation>Without it the unit does not see who reported. What was passed on cannot be taken back.</translation>
    </message>
</context>
<context>
    <name>EnrolForm</name>
    <message>
        <source>如 ABCD-EFGH-JKLM-NPQR</source>
        <translation>e.g. ABCD-EFGH-JKLM-NPQR</translation>
    </message>
    <message>
        <source>注册</source>
        <translation>Enrol</translation>
    </message>
    <message>
        <source>没有网络？用U盘注册…</source>
        <translation>No network? Enrol by stick…</translation>
    </message>
    <message>
        <source>向县级管理员要网址和一次性注册码（7 天内有效，只能用一次）。</source>
        <translation>Ask the county administrator for the address and an enrolment code (good for 7 days, works once).</translation>
    </message>
    <message>
        <source>接通网络了？改用网址…</source>
        <translation>Is there a line now? Use an address…</translation>
    </message>
    <message>
        <source>网址</source>
        <translation>Address</translation>
    </message>
    <message>
        <source>注册码</source>
        <translation>Enrolment code</translation>
    </message>
    <message>
        <source>权限变了？用U盘重办…</source>
        <translation>Have the rights changed? Renew them by stick…</translation>
    </message>
    <message>
        <source>正在注册…</source>
        <translation>Enrolling…</translation>
    </message>
    <message>
        <source>请填写同步中心的网址。</source>
        <translation>Give the address of the hub.</translation>
    </message>
    <message>
        <source>网址应以 http:// 或 https:// 开头，如 https://192.168.1.20:8700。</source>
        <translation>The address starts with http:// or https://, e.g. https://192.168.1.20:8700.</translation>
    </message>
    <message>
        <source>请填写一次性注册码。</source>
        <translation>Please fill in the enrolment code.</translation>
    </message>
    <message>
        <source>连不上 {url}。请核对网址，检查网络，再按“注册”。</source>
        <translation>{url} cannot be reached. Check address and line, then press “Enrol”.</translation>
    </message>
</context>
<context>
    <name>FilePanel</name>
    <message>
        <source>选择文件…</source>
        <translation>Choose file…</translation>
    </message>
    <message>
        <source>内容</source>
        <translation>Content</translation>
    </message>
    <message>
        <source>请选择</source>
        <translation>Choose</translation>
    </message>
    <message>
        <source>工作表</source>
        <translation>Sheet</translation>
    </message>
    <message>
        <source>清单名称</source>
        <translation>List name</translation>
    </message>
    <message>
        <source>立案条件归入这份清单；同名清单会更新为新版本，别的清单不受影响。</source>
        <translation>The conditions go to this list; a list of the same name gets a new version, others stay as they are.</translation>
    </message>
    <message>
        <source>下载模板</source>
        <translation>Templates</translation>
    </message>
    <message>
        <source>{kind}模板（xlsx）…</source>
        <translation>{kind} template (xlsx)…</translation>
    </message>
    <message>
        <source>还没有选择文件</source>
        <translation>No file chosen</translation>
    </message>
    <message>
        <source>可以把文件拖到这一页上。支持 xlsx、csv（也可在 zip 里）、GeoJSON、MBTiles、PMTiles。</source>
        <translation>Files can be dropped on this page: xlsx, csv (also in a zip), GeoJSON, MBTiles, PMTiles.</translation>
    </message>
    <message>
        <source>正在查看…</source>
        <translation>Looking…</translation>
    </message>
    <message>
        <source>这个文件读不了，原因见下方。</source>
        <translation>This file cannot be read; see below why.</translation>
    </message>
    <message>
        <source>自动</source>
        <translation>Automatic</translation>
    </message>
    <message>
        <source>{count} 列</source>
        <translation>{count} columns</translation>
    </message>
    <message>
        <source>表头在第 {row} 行</source>
        <translation>header in row {row}</translation>
    </message>
</context>
<context>
    <name>FilesModel</name>
    <message>
        <source>仅在本机</source>
        <translation>Only here</translation>
    </message>
    <message>
        <source>尚未收到</source>
        <translation>Not here yet</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>这里放不下的</source>
        <translation>What has no room here</translation>
    </message>
    <message>
        <source>更多筛选</source>
        <translation>More filters</translation>
    </message>
    <message>
        <source>按{column}</source>
        <translation>by {column}</translation>
    </message>
    <message>
        <source>{count} 件 · {order}</source>
        <translation>{count} cases · {order}</translation>
    </message>
    <message>
        <source>已选 {chosen} 件 · 共 {count} 件</source>
        <translation>{chosen} chosen · {count} in all</translation>
    </message>
    <message>
        <source>查找 Ctrl+F</source>
        <translation>Find Ctrl+F</translation>
    </message>
    <message>
        <source>在案件中查找</source>
        <translation>Search the cases</translation>
    </message>
    <message>
        <source>全部网格</source>
        <translation>All grids</translation>
    </message>
    <message>
        <source>← {words}</source>
        <translation>← {words}</translation>
    </message>
    <message>
        <source>{words} ×</source>
        <translation>{words} ×</translation>
    </message>
    <message>
        <source>不再限于这个网格</source>
        <translation>No longer only this grid</translation>
    </message>
    <message>
        <source>去掉这一条件</source>
        <translation>Remove this filter</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>级别</source>
        <translation>Level</translation>
    </message>
    <message>
        <source>单位</source>
        <translation>Unit</translation>
    </message>
    <message>
        <source>来源</source>
        <translation>Channel</translation>
    </message>
    <message>
        <source>视图</source>
        <translation>Views</translation>
    </message>
    <message>
        <source>＋ 存为视图</source>
        <translation>+ Save view</translation>
    </message>
</context>
<context>
    <name>FindingsModel</name>
    <message>
        <source>▲ 未导入</source>
        <translation>▲ Not imported</translation>
    </message>
    <message>
        <source>▲ 不能导入</source>
        <translation>▲ not importable</translation>
    </message>
    <message>
        <source>提示</source>
        <translation>Note</translation>
    </message>
    <message>
        <source>结果</source>
        <translation>Result</translation>
    </message>
    <message>
        <source>位置</source>
        <translation>Place</translation>
    </message>
    <message>
        <source>列</source>
        <translation>Column</translation>
    </message>
    <message>
        <source>问题与改法</source>
        <translation>Problem and remedy</translation>
    </message>
</context>
<context>
    <name>GridModel</name>
    <message>
        <source>网格</source>
        <translation>Grid</translation>
    </message>
    <message>
        <source>在办</source>
        <translation>Open</translation>
    </message>
    <message>
        <source>超期</source>
        <translation>Late</translation>
    </message>
    <message>
        <source>在办 {open} 件，超期 {overdue} 件</source>
        <translation>{open} open, {overdue} overdue</translation>
    </message>
    <message>
        <source>网格员 {name}</source>
        <translation>Grid worker {name}</translation>
    </message>
    <message>
        <source>边界为示意</source>
        <translation>Schematic boundary</translation>
    </message>
</context>
<context>
    <name>GridTree</name>
    <message>
        <source>网格树</source>
        <translation>Grid tree</translation>
    </message>
    <message>
        <source>全部网格</source>
        <translation>All grids</translation>
    </message>
    <message>
        <source>展开全部下级</source>
        <translation>Expand all below</translation>
    </message>
    <message>
        <source>收起</source>
        <translation>Collapse</translation>
    </message>
    <message>
        <source>复制编码 {code}</source>
        <translation>Copy code {code}</translation>
    </message>
    <message>
        <source>全部收起</source>
        <translation>Collapse all</translation>
    </message>
    <message>
        <source>还没有网格。
按 Ctrl+I 导入区划和网格。</source>
        <translation>No grids yet.
Import divisions and grids with Ctrl+I.</translation>
    </message>
</context>
<context>
    <name>GuessChips</name>
    <message>
        <source>依据：{words}</source>
        <translation>Because of: {words}</translation>
    </message>
</context>
<context>
    <name>HelpPage</name>
    <message>
        <source>在帮助里找，Enter 下一处</source>
        <translation>Find in help, Enter for next</translation>
    </message>
    <message>
        <source>回到原处</source>
        <translation>Back</translation>
    </message>
    <message>
        <source>帮助</source>
        <translation>Help</translation>
    </message>
    <message>
        <source>全部快捷键</source>
        <translation>All keys</translation>
    </message>
    <message>
        <source>键</source>
        <translation>Key</translation>
    </message>
    <message>
        <source>作用</source>
        <translation>What it does</translation>
    </message>
    <message>
        <source>{count} 处</source>
        <translation>{count} found</translation>
    </message>
    <message>
        <source>席位</source>
        <translation>Desk</translation>
    </message>
    <message>
        <source>同步</source>
        <translation>Sync</translation>
    </message>
    <message>
        <source>县级管理</source>
        <translation>County</translation>
    </message>
</context>
<context>
    <name>ImportPage</name>
    <message>
        <source>可导入的文件 (*.xlsx *.csv *.txt *.zip *.geojson *.json *.mbtiles *.pmtiles);;所有文件 (*)</source>
        <translation>Files to import (*.xlsx *.csv *.txt *.zip *.geojson *.json *.mbtiles *.pmtiles);;All files (*)</translation>
    </message>
    <message>
        <source>选择要导入的文件</source>
        <translation>Choose the file to import</translation>
    </message>
    <message>
        <source>{kind}导入模板.xlsx</source>
        <translation>{kind} template.xlsx</translation>
    </message>
    <message>
        <source>模板保存到</source>
        <translation>Save template to</translation>
    </message>
    <message>
        <source>{file} 导入报告.xlsx</source>
        <translation>{file} import report.xlsx</translation>
    </message>
    <message>
        <source>{file} 检查报告.xlsx</source>
        <translation>{file} check report.xlsx</translation>
    </message>
    <message>
        <source>报告保存到</source>
        <translation>Save report to</translation>
    </message>
    <message>
        <source>导入</source>
        <translation>Import</translation>
    </message>
    <message>
        <source>先看、再查、后导；同一文件导两次不会重复</source>
        <translation>Look, check, import; the same file twice adds nothing</translation>
    </message>
    <message>
        <source>把要导入的文件拖到这里，或按 Ctrl+O 选择。</source>
        <translation>Drop the file here, or choose it with Ctrl+O.</translation>
    </message>
    <message>
        <source>这个文件读不了。换一个文件：拖到这里，或按 Ctrl+O 选择。
文件没有选错的，在“内容”里选它是什么。</source>
        <translation>This file cannot be read. Another one: drop it here, or press Ctrl+O.
If it is the right one, choose under “Contents” what it is.</translation>
    </message>
    <message>
        <source>检查</source>
        <translation>Check</translation>
    </message>
    <message>
        <source>上次关闭时正在导入 {file}，可能没有导完；再导一次不会重复。</source>
        <translation>{file} was being imported when the desk was closed and may not be complete; importing it again adds nothing twice.</translation>
    </message>
    <message>
        <source>{result}按 Ctrl+I 查看。</source>
        <translation>{result} Ctrl+I shows it.</translation>
    </message>
    <message>
        <source>导入没有完成，原因见“导入”页（Ctrl+I）。</source>
        <translation>The import did not end well; see the page Import (Ctrl+I).</translation>
    </message>
    <message>
        <source>已取消，没有写入任何数据。</source>
        <translation>Cancelled, nothing was written.</translation>
    </message>
    <message>
        <source>请先选择文件。</source>
        <translation>Choose a file first.</translation>
    </message>
    <message>
        <source>本席位不登记案件，不能导入案件；文件里是别的内容时，请在“内容”里选。</source>
        <translation>This desk registers no cases and cannot import any; if the file holds something else, choose it in “Content”.</translation>
    </message>
    <message>
        <source>还没有对好这些列：{columns}</source>
        <translation>These columns are not matched yet: {columns}</translation>
    </message>
    <message>
        <source>请先选择坐标系。</source>
        <translation>Choose the coordinate system first.</translation>
    </message>
</context>
<context>
    <name>Importing</name>
    <message>
        <source>类型：{kind}</source>
        <translation>Type: {kind}</translation>
    </message>
    <message>
        <source>缩放级别：{least} 至 {most}</source>
        <translation>Zoom levels: {least} to {most}</translation>
    </message>
    <message>
        <source>范围：东经 {west:.3f} 至 {east:.3f}，北纬 {south:.3f} 至 {north:.3f}</source>
        <translation>Extent: {west:.3f} to {east:.3f}° E, {south:.3f} to {north:.3f}° N</translation>
    </message>
    <message>
        <source>大小：{size}</source>
        <translation>Size: {size}</translation>
    </message>
    <message>
        <source>来源声明：{text}</source>
        <translation>Attribution: {text}</translation>
    </message>
    <message>
        <source>矢量</source>
        <translation>Vector</translation>
    </message>
    <message>
        <source>影像或图片</source>
        <translation>Imagery or pictures</translation>
    </message>
    <message>
        <source>国家坐标（CGCS2000 / WGS-84）</source>
        <translation>National (CGCS2000 / WGS-84)</translation>
    </message>
    <message>
        <source>测绘成果、天地图、省市平台下发的网格、GPS 设备，多是这一种。</source>
        <translation>Usual for surveys, Tianditu, grids from province or city platforms, and GPS devices.</translation>
    </message>
    <message>
        <source>高德、腾讯坐标（GCJ-02）</source>
        <translation>Amap, Tencent (GCJ-02)</translation>
    </message>
    <message>
        <source>从高德、腾讯地图上拾取或导出的坐标，手机小程序上报的坐标。</source>
        <translation>Picked on or exported from Amap or Tencent maps, or sent by mini-programs on telephones.</translation>
    </message>
    <message>
        <source>百度坐标（BD-09）</source>
        <translation>Baidu (BD-09)</translation>
    </message>
    <message>
        <source>从百度地图上拾取或导出的坐标。</source>
        <translation>Picked on or exported from Baidu maps.</translation>
    </message>
    <message>
        <source>国家坐标</source>
        <translation>national</translation>
    </message>
    <message>
        <source>高德坐标</source>
        <translation>Amap</translation>
    </message>
    <message>
        <source>百度坐标</source>
        <translation>Baidu</translation>
    </message>
    <message>
        <source>读取</source>
        <translation>Reading</translation>
    </message>
    <message>
        <source>检查</source>
        <translation>Checking</translation>
    </message>
    <message>
        <source>写入</source>
        <translation>Writing</translation>
    </message>
    <message>
        <source>其实是{system}，约差 {metres} 米</source>
        <translation>{system} is about {metres} m off</translation>
    </message>
    <message>
        <source>若选错：</source>
        <translation>If this is wrong: </translation>
    </message>
    <message>
        <source>；</source>
        <translation>; </translation>
    </message>
    <message>
        <source>。</source>
        <translation>.</translation>
    </message>
    <message>
        <source>复制</source>
        <translation>Copying</translation>
    </message>
    <message>
        <source>{phase} {figures} 行</source>
        <translation>{phase} {figures} rows</translation>
    </message>
    <message>
        <source>这份底图已经在本机了。</source>
        <translation>This base map is already on this computer.</translation>
    </message>
    <message>
        <source>可以导入。</source>
        <translation>Can be imported.</translation>
    </message>
    <message>
        <source>底图已导入，可在地图的“底图”里选用。</source>
        <translation>Base map imported; choose it under &quot;Base map&quot; on the map.</translation>
    </message>
    <message>
        <source>检查完毕，没有写入任何数据：共 {rows} 行，可导入 {imported}，已有 {unchanged}，不能导入 {refused}。</source>
        <translation>Checked, nothing written: {rows} rows, {imported} can be imported, {unchanged} already here, {refused} refused.</translation>
    </message>
    <message>
        <source>导入完成：共 {rows} 行，导入 {imported}，已有 {unchanged}，未导入 {refused}。</source>
        <translation>Import finished: {rows} rows, {imported} imported, {unchanged} already here, {refused} refused.</translation>
    </message>
    <message>
        <source>导入的在席位的网格树和地图上（Esc 返回）。</source>
        <translation>What was imported is in the desk&apos;s tree of grids and on the map (Esc goes back).</translation>
    </message>
    <message>
        <source>导入的单位在派遣时列出；有坐标的，勾选地图上的“单位”可以看到。</source>
        <translation>Imported units are listed when a case is dispatched; those with a place are shown by “Units” on the map.</translation>
    </message>
    <message>
        <source>导入的清单在“设置”的“立案标准清单”里。</source>
        <translation>Imported lists are under “Lists of conditions” in the settings.</translation>
    </message>
    <message>
        <source>第 {row} 行</source>
        <translation>row {row}</translation>
    </message>
    <message>
        <source>整个文件</source>
        <translation>whole file</translation>
    </message>
</context>
<context>
    <name>Inputs</name>
    <message>
        <source>粘贴工单或直接输入：什么事、在哪里、多久了</source>
        <translation>Paste an order or type: what, where, for how long</translation>
    </message>
    <message>
        <source>输入文字或拼音首字母，可不选</source>
        <translation>Text or pinyin initials, optional</translation>
    </message>
    <message>
        <source>由坐标或地址判定，也可输入选择</source>
        <translation>From place or address, or type</translation>
    </message>
    <message>
        <source>由粘贴的文字填入，请核对</source>
        <translation>Filled from the pasted text, please check</translation>
    </message>
    <message>
        <source>高德 GCJ-02</source>
        <translation>Amap GCJ-02</translation>
    </message>
    <message>
        <source>百度 BD-09</source>
        <translation>Baidu BD-09</translation>
    </message>
    <message>
        <source>要求回复</source>
        <translation>Reply wanted</translation>
    </message>
    <message>
        <source>要求保密</source>
        <translation>Confidential</translation>
    </message>
    <message>
        <source>敏感</source>
        <translation>Sensitive</translation>
    </message>
    <message>
        <source>描述</source>
        <translation>Description</translation>
    </message>
    <message>
        <source>不填则取描述首句</source>
        <translation>If empty: first sentence above</translation>
    </message>
    <message>
        <source>按文字判定，请核对</source>
        <translation>From the text, please check</translation>
    </message>
    <message>
        <source>写有“{place}”、落了网格的旧案 {of} 件，其中 {cases} 件在这里；请核对后再选</source>
        <translation>{of} earlier cases with a grid name “{place}”, {cases} of them lie here; please check before you choose it</translation>
    </message>
    <message>
        <source>{grid}？旧案 {of} 件中 {cases} 件在此</source>
        <translation>{grid}? {cases} of {of} earlier cases lie here</translation>
    </message>
    <message>
        <source>经度, 纬度</source>
        <translation>Lon, lat</translation>
    </message>
    <message>
        <source>年-月-日 时:分</source>
        <translation>year-month-day hour:minute</translation>
    </message>
    <message>
        <source>请选择</source>
        <translation>Please choose</translation>
    </message>
    <message>
        <source>未说明</source>
        <translation>not stated</translation>
    </message>
    <message>
        <source>标题</source>
        <translation>Title</translation>
    </message>
    <message>
        <source>来源</source>
        <translation>Channel</translation>
    </message>
    <message>
        <source>紧急程度</source>
        <translation>Urgency</translation>
    </message>
    <message>
        <source>立案条件</source>
        <translation>Filed under</translation>
    </message>
    <message>
        <source>网格</source>
        <translation>Grid</translation>
    </message>
    <message>
        <source>地址</source>
        <translation>Address</translation>
    </message>
    <message>
        <source>坐标</source>
        <translation>Coordinates</translation>
    </message>
    <message>
        <source>坐标系</source>
        <translation>System</translation>
    </message>
    <message>
        <source>反映人</source>
        <translation>Reporter</translation>
    </message>
    <message>
        <source>电话</source>
        <translation>Telephone</translation>
    </message>
    <message>
        <source>发生时间</source>
        <translation>Occurred</translation>
    </message>
    <message>
        <source>上级编号</source>
        <translation>Superior&apos;s no.</translation>
    </message>
</context>
<context>
    <name>IntakeForm</name>
    <message>
        <source>登记</source>
        <translation>Register</translation>
    </message>
    <message>
        <source>登记并立案</source>
        <translation>Register and file</translation>
    </message>
    <message>
        <source>清空</source>
        <translation>Clear</translation>
    </message>
    <message>
        <source>已填入最像的立案条件，请核对后再按一次 Ctrl+Shift+Enter。</source>
        <translation>The likeliest condition was put in; check it and press Ctrl+Shift+Enter again.</translation>
    </message>
    <message>
        <source>已恢复上次没有登记完的内容，请核对后继续。</source>
        <translation>Your unfinished registration is back; please check and go on.</translation>
    </message>
    <message>
        <source>带 ✓ 的由文字填入，请核对；文字没有说明来源。</source>
        <translation>Marked ✓: filled from the text, please check; the text does not say where it came from.</translation>
    </message>
    <message>
        <source>按坐标判定</source>
        <translation>From the coordinates</translation>
    </message>
    <message>
        <source>按文字判定，请核对</source>
        <translation>From the text, please check</translation>
    </message>
    <message>
        <source>疑似重复 {count} 件，Ctrl+↓ 选择，Enter 打开</source>
        <translation>{count} likely duplicates: Ctrl+↓ to choose, Enter to open</translation>
    </message>
    <message>
        <source>坐标没有说明是哪种坐标系，请问清来源后选择，选错约差 500 米到 1.2 千米。</source>
        <translation>The coordinates do not say their system. Please ask where they come from and choose; a wrong one is off by 500 m to 1.2 km.</translation>
    </message>
    <message>
        <source>网格只判定到镇街，请尽量选到社区或基础网格。</source>
        <translation>The grid is known only to the township; please choose a community or basic grid if you can.</translation>
    </message>
    <message>
        <source>带 ✓ 的由文字填入，请核对。</source>
        <translation>Fields with ✓ were filled from the text, please check.</translation>
    </message>
    <message>
        <source>撤销清空</source>
        <translation>Undo clear</translation>
    </message>
    <message>
        <source>已登记 {number}。</source>
        <translation>Registered {number}.</translation>
    </message>
    <message>
        <source>已登记并立案 {number}。</source>
        <translation>Registered and filed {number}.</translation>
    </message>
    <message>
        <source>已登记 {number}，但没有立案：{reason}</source>
        <translation>Registered {number}, but not filed: {reason}</translation>
    </message>
    <message>
        <source>登记案件</source>
        <translation>Register a case</translation>
    </message>
    <message>
        <source>关闭，内容会保留（Esc）</source>
        <translation>Close, what you typed is kept (Esc)</translation>
    </message>
    <message>
        <source>关闭</source>
        <translation>Close</translation>
    </message>
</context>
<context>
    <name>LikenessList</name>
    <message>
        <source>可能重复的案件</source>
        <translation>Possible duplicates</translation>
    </message>
    <message>
        <source>单击或按 Enter 打开</source>
        <translation>Click or press Enter to open</translation>
    </message>
</context>
<context>
    <name>LimitsSection</name>
    <message>
        <source>时限与工作时间</source>
        <translation>Time limits and hours</translation>
    </message>
    <message>
        <source>这些由县级统一规定，各席位一致，在这里只能查看。立案条件自带的时限优先于按层级的时限。</source>
        <translation>Set by the county and the same on every desk; here they can only be read. The limit of a filing condition goes before the limit of a level.</translation>
    </message>
    <message>
        <source>项目</source>
        <translation>Item</translation>
    </message>
    <message>
        <source>现行值</source>
        <translation>Value</translation>
    </message>
    <message>
        <source>（未设置）</source>
        <translation>(not set)</translation>
    </message>
    <message>
        <source>收到即起算</source>
        <translation>From the moment of receipt</translation>
    </message>
    <message>
        <source>收到当日不计，次日起算</source>
        <translation>From the day after receipt</translation>
    </message>
    <message>
        <source>指挥室名称</source>
        <translation>Command room</translation>
    </message>
    <message>
        <source>县（市、区）代码</source>
        <translation>County code</translation>
    </message>
    <message>
        <source>镇街代码</source>
        <translation>Township code</translation>
    </message>
    <message>
        <source>工作时间</source>
        <translation>Working hours</translation>
    </message>
    <message>
        <source>起算规则</source>
        <translation>Counting starts</translation>
    </message>
    <message>
        <source>受理时限</source>
        <translation>Acceptance limit</translation>
    </message>
    <message>
        <source>派遣时限</source>
        <translation>Dispatch limit</translation>
    </message>
    <message>
        <source>签收时限</source>
        <translation>Signing limit</translation>
    </message>
    <message>
        <source>退回时限</source>
        <translation>Return limit</translation>
    </message>
    <message>
        <source>核查时限</source>
        <translation>Verification limit</translation>
    </message>
    <message>
        <source>一级处置时限</source>
        <translation>Handling limit, level 1</translation>
    </message>
    <message>
        <source>二级处置时限</source>
        <translation>Handling limit, level 2</translation>
    </message>
    <message>
        <source>三级处置时限</source>
        <translation>Handling limit, level 3</translation>
    </message>
    <message>
        <source>四级处置时限</source>
        <translation>Handling limit, level 4</translation>
    </message>
</context>
<context>
    <name>LineForm</name>
    <message>
        <source>网址和代理…</source>
        <translation>Address and proxy…</translation>
    </message>
    <message>
        <source>空着随系统；不用代理写 direct</source>
        <translation>Empty: as the system; “direct”: none</translation>
    </message>
    <message>
        <source>保存</source>
        <translation>Save</translation>
    </message>
    <message>
        <source>换成网址</source>
        <translation>Move to</translation>
    </message>
    <message>
        <source>代理</source>
        <translation>Proxy</translation>
    </message>
    <message>
        <source>没有改动。</source>
        <translation>Nothing changed.</translation>
    </message>
    <message>
        <source>已核对是原来的同步中心，改用这个网址。</source>
        <translation>It is the same hub; this address is used now.</translation>
    </message>
    <message>
        <source>正在核对…</source>
        <translation>Checking…</translation>
    </message>
    <message>
        <source>正在保存…</source>
        <translation>Saving…</translation>
    </message>
    <message>
        <source>已记住代理。</source>
        <translation>Proxy kept.</translation>
    </message>
</context>
<context>
    <name>ListsSection</name>
    <message>
        <source>立案标准清单</source>
        <translation>Lists of conditions</translation>
    </message>
    <message>
        <source>立案时从启用的清单里选立案条件。停用的清单不再列出，已按它立案的案件和时限不变。在“导入”页导入新清单。</source>
        <translation>Conditions are chosen from the lists in force. A list out of force is not offered any more; cases filed under it and their limits stay. Import new lists on the import page.</translation>
    </message>
    <message>
        <source>名称</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>立案条件</source>
        <translation>Conditions</translation>
    </message>
    <message>
        <source>状态</source>
        <translation>State</translation>
    </message>
    <message>
        <source>停用</source>
        <translation>Out of force</translation>
    </message>
    <message>
        <source>启用</source>
        <translation>In force</translation>
    </message>
    <message>
        <source>原有清单（未命名）</source>
        <translation>List of before (no name)</translation>
    </message>
</context>
<context>
    <name>LongText</name>
    <message>
        <source>文字太长，只留下了前 {most} 个字。</source>
        <translation>The text is too long; only its first {most} characters were kept.</translation>
    </message>
</context>
<context>
    <name>LookPanel</name>
    <message>
        <source>文件里没有一处位置在本席位的区划和网格范围内，请看是不是别的县（区）的文件，经度、纬度有没有对反。</source>
        <translation>No place of the file lies within this desk&apos;s divisions and grids. Is it another county&apos;s file? Are longitude and latitude exchanged?</translation>
    </message>
    <message>
        <source>换坐标系最多差一公里多，不会是这个原因。</source>
        <translation>Another coordinate system moves places by little more than a kilometre; that is not the reason.</translation>
    </message>
</context>
<context>
    <name>LookSection</name>
    <message>
        <source>外观</source>
        <translation>Look</translation>
    </message>
    <message>
        <source>只影响这台电脑，随时可换（Ctrl+D）。</source>
        <translation>For this computer only; change it any time (Ctrl+D).</translation>
    </message>
    <message>
        <source>浅色</source>
        <translation>Light</translation>
    </message>
    <message>
        <source>深色</source>
        <translation>Dark</translation>
    </message>
</context>
<context>
    <name>Looking</name>
    <message>
        <source>列对应沿用上次为这种表头选的。</source>
        <translation>Columns are matched as last time for these headers.</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>综合信息指挥室</source>
        <translation>Integrated Command Room</translation>
    </message>
</context>
<context>
    <name>MapPage</name>
    <message>
        <source>网格地图</source>
        <translation>Grid map</translation>
    </message>
    <message>
        <source>自动</source>
        <translation>Auto</translation>
    </message>
    <message>
        <source>随缩放切换网格层级</source>
        <translation>Grid tier follows the zoom</translation>
    </message>
    <message>
        <source>网格层级</source>
        <translation>Grid tier</translation>
    </message>
    <message>
        <source>片区</source>
        <translation>Zone</translation>
    </message>
    <message>
        <source>社区</source>
        <translation>Community</translation>
    </message>
    <message>
        <source>基础网格</source>
        <translation>Basic grid</translation>
    </message>
    <message>
        <source>专属网格</source>
        <translation>Special grid</translation>
    </message>
    <message>
        <source>框选</source>
        <translation>Box</translation>
    </message>
    <message>
        <source>拖出方框选择案件（Shift+拖动）</source>
        <translation>Drag a box to choose cases (Shift+drag)</translation>
    </message>
    <message>
        <source>在办案件</source>
        <translation>Open cases</translation>
    </message>
    <message>
        <source>单位</source>
        <translation>Units</translation>
    </message>
    <message>
        <source>热力</source>
        <translation>Heat</translation>
    </message>
    <message>
        <source>底图</source>
        <translation>Base map</translation>
    </message>
    <message>
        <source>离线底图</source>
        <translation>Offline map</translation>
    </message>
    <message>
        <source>不用底图</source>
        <translation>No base map</translation>
    </message>
    <message>
        <source>图层</source>
        <translation>Layers</translation>
    </message>
    <message>
        <source>放大</source>
        <translation>Zoom in</translation>
    </message>
    <message>
        <source>缩小</source>
        <translation>Zoom out</translation>
    </message>
    <message>
        <source>在办</source>
        <translation>Open</translation>
    </message>
    <message>
        <source>超期</source>
        <translation>Overdue</translation>
    </message>
    <message>
        <source>网格员</source>
        <translation>Grid worker</translation>
    </message>
    <message>
        <source>无在办案件</source>
        <translation>No open cases</translation>
    </message>
    <message>
        <source>{n} 件案件</source>
        <translation>{n} cases</translation>
    </message>
    <message>
        <source>1 件案件，点击查看</source>
        <translation>1 case, click to see</translation>
    </message>
    <message>
        <source>示意</source>
        <translation>schematic</translation>
    </message>
    <message>
        <source>示意边界，非正式界线</source>
        <translation>Schematic, not official</translation>
    </message>
    <message>
        <source>预览：{n} 处，尚未导入</source>
        <translation>Preview: {n} places, not imported yet</translation>
    </message>
    <message>
        <source>点击地图定位，Esc 取消</source>
        <translation>Click the map to set the place, Esc cancels</translation>
    </message>
    <message>
        <source>驻</source>
        <translation>S</translation>
    </message>
    <message>
        <source>县</source>
        <translation>C</translation>
    </message>
    <message>
        <source>办</source>
        <translation>O</translation>
    </message>
    <message>
        <source>社</source>
        <translation>V</translation>
    </message>
    <message>
        <source>员</source>
        <translation>W</translation>
    </message>
    <message>
        <source>出动</source>
        <translation>out</translation>
    </message>
    <message>
        <source>在岗</source>
        <translation>on duty</translation>
    </message>
    <message>
        <source>停用</source>
        <translation>inactive</translation>
    </message>
</context>
<context>
    <name>MapPane</name>
    <message>
        <source>所选底图画不出来，已换回自带的离线底图。可在“设置”里移除它，再重新导入。</source>
        <translation>The chosen base map cannot be drawn; the shipped one is back. Remove it in the settings and import it again.</translation>
    </message>
    <message>
        <source>地图没有读全，图上的内容可能不全；过一会儿会自动再读。</source>
        <translation>The map could not be read whole, something may be missing on it; it is read again in a while.</translation>
    </message>
</context>
<context>
    <name>NoteBar</name>
    <message>
        <source>撤销</source>
        <translation>Undo</translation>
    </message>
</context>
<context>
    <name>Offers</name>
    <message>
        <source>撤销“{step}”</source>
        <translation>Undo “{step}”</translation>
    </message>
</context>
<context>
    <name>OfflineSwitch</name>
    <message>
        <source>像拔掉网线一样：照常登记、派遣，先存在本机；恢复联网后自动上报。</source>
        <translation>As if the cable were out: register and dispatch as usual, all is kept here and reported once online again.</translation>
    </message>
    <message>
        <source>离线：开</source>
        <translation>Offline: on</translation>
    </message>
    <message>
        <source>离线：关</source>
        <translation>Offline: off</translation>
    </message>
    <message>
        <source>现在没有可以断开的连接：本席位没有接入同步中心、用U盘交换，或者同步已停止。</source>
        <translation>There is no line to cut: this desk is not enrolled, works by stick, or synchronisation has stopped.</translation>
    </message>
</context>
<context>
    <name>Papers</name>
    <message>
        <source>模板已保存：{file}</source>
        <translation>Template saved: {file}</translation>
    </message>
    <message>
        <source>正在保存报告…</source>
        <translation>Saving the report…</translation>
    </message>
    <message>
        <source>报告已保存：{file}</source>
        <translation>Report saved: {file}</translation>
    </message>
</context>
<context>
    <name>PickButton</name>
    <message>
        <source>图上选点</source>
        <translation>Pick on map</translation>
    </message>
</context>
<context>
    <name>Present</name>
    <message>
        <source>被退回</source>
        <translation>Returned</translation>
    </message>
    <message>
        <source>上报县级</source>
        <translation>With county</translation>
    </message>
    <message>
        <source>{level}级</source>
        <translation>L{level}</translation>
    </message>
    <message>
        <source>主办</source>
        <translation>Lead</translation>
    </message>
    <message>
        <source>协办</source>
        <translation>Support</translation>
    </message>
    <message>
        <source>{sentence}（Ctrl+Z 撤销）</source>
        <translation>{sentence} (Ctrl+Z undoes)</translation>
    </message>
    <message>
        <source>昨 {time}</source>
        <translation>yest. {time}</translation>
    </message>
    <message>
        <source>今日 {time}</source>
        <translation>today {time}</translation>
    </message>
    <message>
        <source>明日 {time}</source>
        <translation>tomorrow {time}</translation>
    </message>
    <message>
        <source>立案后计时</source>
        <translation>runs from filing</translation>
    </message>
    <message>
        <source>工时超期</source>
        <translation>Working time over</translation>
    </message>
    <message>
        <source>自然超期</source>
        <translation>Natural time over</translation>
    </message>
    <message>
        <source>工时剩余</source>
        <translation>Working time left</translation>
    </message>
    <message>
        <source>自然剩余</source>
        <translation>Natural time left</translation>
    </message>
    <message>
        <source>非工作时间</source>
        <translation>off hours</translation>
    </message>
    <message>
        <source>工时</source>
        <translation>Working</translation>
    </message>
    <message>
        <source>{days}工作日 {clock}</source>
        <translation>{days} wd {clock}</translation>
    </message>
    <message>
        <source>{days} 天 {hours} 时</source>
        <translation>{days} d {hours} h</translation>
    </message>
    <message>
        <source>{hours} 时 {minutes} 分</source>
        <translation>{hours} h {minutes} min</translation>
    </message>
    <message>
        <source>{minutes} 分</source>
        <translation>{minutes} min</translation>
    </message>
    <message>
        <source>同上级编号</source>
        <translation>same superior&apos;s no.</translation>
    </message>
    <message>
        <source>距 {distance}</source>
        <translation>{distance} away</translation>
    </message>
    <message>
        <source>同一门牌</source>
        <translation>same house number</translation>
    </message>
    <message>
        <source>同电话</source>
        <translation>same telephone</translation>
    </message>
    <message>
        <source>文字相近</source>
        <translation>similar text</translation>
    </message>
    <message>
        <source>马上就好</source>
        <translation>nearly done</translation>
    </message>
    <message>
        <source>约剩 {seconds} 秒</source>
        <translation>about {seconds} s left</translation>
    </message>
    <message>
        <source>约剩 {minutes} 分钟</source>
        <translation>about {minutes} min left</translation>
    </message>
</context>
<context>
    <name>ProgressLine</name>
    <message>
        <source>取消</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>正在打开文件…</source>
        <translation>Opening the file…</translation>
    </message>
    <message>
        <source>已开始写入，会完整写完。</source>
        <translation>Writing has begun and will be completed.</translation>
    </message>
    <message>
        <source>正在取消…</source>
        <translation>Cancelling…</translation>
    </message>
</context>
<context>
    <name>RefusalNotice</name>
    <message>
        <source>要上报的：请县级管理员给本席位加上权限，同步时自动上报。
不用上报的：按“搁置”。它们不再算“未上报”，仍留在本机、在案件里看得到；以后有了权限，自动上报。</source>
        <translation>What should be reported: ask the county’s administrator to give this desk the right; it then goes with the next round.
What need not be: press “Set aside”. It no longer counts as unreported, stays on this computer and is seen in its cases; should the right come later, it goes by itself.</translation>
    </message>
    <message>
        <source>搁置</source>
        <translation>Set aside</translation>
    </message>
    <message>
        <source>看这些案件</source>
        <translation>Show these cases</translation>
    </message>
    <message>
        <source>其中 {count} 条同步中心不会收</source>
        <translation>the hub will not take {count} of them</translation>
    </message>
</context>
<context>
    <name>RelatedTab</name>
    <message>
        <source>没有发现可能重复的案件。</source>
        <translation>No possible duplicates found.</translation>
    </message>
</context>
<context>
    <name>Restore</name>
    <message>
        <source>正在恢复</source>
        <translation>Restoring</translation>
    </message>
    <message>
        <source>正在核对 {file}，无误后才替换现在的数据。案件多时要几分钟。</source>
        <translation>Checking {file}; only when it is sound does it replace the present data. With many cases this takes minutes.</translation>
    </message>
    <message>
        <source>没有恢复：{why}</source>
        <translation>Not restored: {why}</translation>
    </message>
    <message>
        <source>已用 {file} 恢复，备份之后的登记和操作不在其中。原来的数据在 {aside}。</source>
        <translation>Restored from {file}; what was registered and done after that backup is not in it. The data from before lie in {aside}.</translation>
    </message>
</context>
<context>
    <name>RestoreConfirmation</name>
    <message>
        <source>备份来自别的电脑时，输入它的恢复码；本机的备份留空</source>
        <translation>Recovery code, if the backup comes from another computer; else leave empty</translation>
    </message>
    <message>
        <source>关闭席位并恢复</source>
        <translation>Close the desk and restore</translation>
    </message>
    <message>
        <source>不恢复</source>
        <translation>Do not restore</translation>
    </message>
    <message>
        <source>用 {file} 替换本机现在的数据。现在的数据会先另存一份，不会丢失；备份之后的登记和操作不在其中。席位会关闭，核对备份无误后替换，再重新打开。</source>
        <translation>Replaces the data on this computer with {file}. The present data is saved beside it first and not lost; what was registered or done after the backup is not in it. The desk closes, checks the backup, replaces the data and opens again.</translation>
    </message>
</context>
<context>
    <name>ResultPanel</name>
    <message>
        <source>保存报告…</source>
        <translation>Save report…</translation>
    </message>
    <message>
        <source>换一个文件…</source>
        <translation>Another file…</translation>
    </message>
    <message>
        <source>看这 {count} 件</source>
        <translation>Show these {count}</translation>
    </message>
    <message>
        <source>下面每一行都说明了在哪里、怎么改；可以改好文件再导入，也可以现在导入其余的行。</source>
        <translation>Each line below says where and how to mend it; mend the file first, or import the other rows now.</translation>
    </message>
    <message>
        <source>下面每一行都说明了在哪里、怎么改；现在没有能导入的行。</source>
        <translation>Each line below says where and how to mend it; no row can be imported now.</translation>
    </message>
    <message>
        <source>下面每一行都说明了在哪里、怎么改；改好后再导入同一文件，已经导入的不会重复。</source>
        <translation>Each line below says where and how to mend it; then import the same file again, what is already in is not repeated.</translation>
    </message>
    <message>
        <source>全部行都没有问题，下面是值得看一眼的提示。</source>
        <translation>All rows are fine; the notes below are worth a look.</translation>
    </message>
    <message>
        <source>文件里只有表头，没有数据。</source>
        <translation>The file has headers only, no data.</translation>
    </message>
    <message>
        <source>文件里的内容都已经在本机了，不会重复导入。</source>
        <translation>All of the file is on this desk already; nothing is imported twice.</translation>
    </message>
    <message>
        <source>没有需要处理的行。</source>
        <translation>Nothing to mend.</translation>
    </message>
</context>
<context>
    <name>RoundsModel</name>
    <message>
        <source>时间</source>
        <translation>Time</translation>
    </message>
    <message>
        <source>结果</source>
        <translation>Result</translation>
    </message>
    <message>
        <source>上行</source>
        <translation>Up</translation>
    </message>
    <message>
        <source>下行</source>
        <translation>Down</translation>
    </message>
    <message>
        <source>字节</source>
        <translation>Bytes</translation>
    </message>
    <message>
        <source>用时</source>
        <translation>Took</translation>
    </message>
    <message>
        <source>说明</source>
        <translation>Details</translation>
    </message>
    <message>
        <source>U盘</source>
        <translation>Stick</translation>
    </message>
    <message>
        <source>{when} 以来 {count} 次都是这样。</source>
        <translation>{count} times since {when}.</translation>
    </message>
    <message>
        <source>{when} 以来 {count} 次，都没有新内容</source>
        <translation>{count} times since {when}, nothing new</translation>
    </message>
</context>
<context>
    <name>RoundsTable</name>
    <message>
        <source>最近的同步</source>
        <translation>Latest syncs</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>设置</source>
        <translation>Settings</translation>
    </message>
</context>
<context>
    <name>SeveralCases</name>
    <message>
        <source>{action} {count} 件</source>
        <translation>{action}: {count} cases</translation>
    </message>
    <message>
        <source>正在立案 {done}/{total}，按 Esc 停止</source>
        <translation>Filing {done}/{total}, Esc stops</translation>
    </message>
</context>
<context>
    <name>SidesView</name>
    <message>
        <source>做了什么</source>
        <translation>What was done</translation>
    </message>
    <message>
        <source>没有更早的记录</source>
        <translation>Nothing earlier</translation>
    </message>
    <message>
        <source>≠ {name}</source>
        <translation>≠ {name}</translation>
    </message>
</context>
<context>
    <name>StateCard</name>
    <message>
        <source>看这些案件</source>
        <translation>See these cases</translation>
    </message>
    <message>
        <source>逐件选择</source>
        <translation>Choose one by one</translation>
    </message>
    <message>
        <source>未上报的操作（条）</source>
        <translation>Unreported entries</translation>
    </message>
    <message>
        <source>未上报的附件（个）</source>
        <translation>Unreported files</translation>
    </message>
    <message>
        <source>已搁置的案件（件）</source>
        <translation>Cases set aside</translation>
    </message>
    <message>
        <source>涉及的案件（件）</source>
        <translation>Cases concerned</translation>
    </message>
    <message>
        <source>待选择的冲突（件）</source>
        <translation>Conflicts that wait for a choice</translation>
    </message>
</context>
<context>
    <name>StateLine</name>
    <message>
        <source>退回 {count} 次</source>
        <translation>Returned ×{count}</translation>
    </message>
    <message>
        <source>返工 {count} 次</source>
        <translation>Reworked ×{count}</translation>
    </message>
    <message>
        <source>催办 {count} 次</source>
        <translation>Urged ×{count}</translation>
    </message>
    <message>
        <source>协办{unit}{state}</source>
        <translation>Cooperating {unit} {state}</translation>
    </message>
    <message>
        <source>可以结案</source>
        <translation>Can be closed</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>离线</source>
        <translation>Offline</translation>
    </message>
    <message>
        <source>超期 {count}</source>
        <translation>Overdue {count}</translation>
    </message>
    <message>
        <source>三级以下办结 {share}%</source>
        <translation>Below county {share}%</translation>
    </message>
    <message>
        <source>已结 {closed} 件，其中 {below} 件在三级以下办结（四级闭环要求不低于 95%）</source>
        <translation>{closed} closed, {below} of them below the county&apos;s level (at least 95% wanted)</translation>
    </message>
    <message>
        <source>本机 {count} 件</source>
        <translation>{count} cases here</translation>
    </message>
    <message>
        <source>在办 {count}</source>
        <translation>Open {count}</translation>
    </message>
</context>
<context>
    <name>StickEnrolment</name>
    <message>
        <source>① 写出申请…</source>
        <translation>① Write request…</translation>
    </message>
    <message>
        <source>② 取回批复…</source>
        <translation>② Take admission…</translation>
    </message>
    <message>
        <source>不用联网，分两步：把申请写到U盘，带到县里由管理员批准；再把批复取回来。此后只用U盘与同步中心交换。</source>
        <translation>Two steps without a network: write the request to a stick and take it to the county, where an administrator admits it; then bring the admission back. From then on this desk exchanges with the hub by stick only.</translation>
    </message>
    <message>
        <source>写出注册申请</source>
        <translation>Write enrolment request</translation>
    </message>
    <message>
        <source>注册申请 (*.gridrequest)</source>
        <translation>Enrolment request (*.gridrequest)</translation>
    </message>
    <message>
        <source>取回批复</source>
        <translation>Take admission</translation>
    </message>
    <message>
        <source>批复 (*.gridadmission);;所有文件 (*)</source>
        <translation>Admission (*.gridadmission);;All files (*)</translation>
    </message>
    <message>
        <source>已写到 {file}，核对码 {digits}。请带到县里；管理员批准时会看到同样的核对码。</source>
        <translation>Written to {file}, check digits {digits}. Take it to the county; the administrator will see the same digits.</translation>
    </message>
</context>
<context>
    <name>StickPanel</name>
    <message>
        <source>导出到U盘…</source>
        <translation>Export to stick…</translation>
    </message>
    <message>
        <source>从U盘导入…</source>
        <translation>Import from stick…</translation>
    </message>
    <message>
        <source>取消</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>逐件选择</source>
        <translation>Choose one by one</translation>
    </message>
    <message>
        <source>文件已加密、签名：注册时领到本镇街数据密钥的席位才打得开，别人捡到U盘也读不了。可以反复导出到同一个文件，只补写新的；导入几次、先后都一样。</source>
        <translation>The file is encrypted and signed: only desks that were given this township’s key when they enrolled can open it. Export to the same file again and only what is new is added; how often and in which order you import makes no difference.</translation>
    </message>
    <message>
        <source>导出到U盘：选已有的文件只补写新的</source>
        <translation>Export to stick: a file that is there only gets what is new</translation>
    </message>
    <message>
        <source>同步文件 (*.gridbundle)</source>
        <translation>Sync files (*.gridbundle)</translation>
    </message>
    <message>
        <source>从U盘导入</source>
        <translation>Import from stick</translation>
    </message>
    <message>
        <source>同步文件 (*.gridbundle);;所有文件 (*)</source>
        <translation>Sync files (*.gridbundle);;All files (*)</translation>
    </message>
    <message>
        <source>正在取消…</source>
        <translation>Cancelling…</translation>
    </message>
    <message>
        <source>已取消；文件和本机的数据都没有损坏，再做一次会接着来。</source>
        <translation>Cancelled; the file and the data here are whole. Do it again and it goes on from there.</translation>
    </message>
</context>
<context>
    <name>Sync</name>
    <message>
        <source>未上报 0 条</source>
        <translation>Not reported: 0</translation>
    </message>
    <message>
        <source>未上报 {count} 条</source>
        <translation>Not reported: {count}</translation>
    </message>
    <message>
        <source>未上报 {count} 件</source>
        <translation>Cases not reported: {count}</translation>
    </message>
    <message>
        <source>未上报 {count} 个附件</source>
        <translation>Files not reported: {count}</translation>
    </message>
    <message>
        <source>{state} · {fresh}</source>
        <translation>{state} · {fresh}</translation>
    </message>
    <message>
        <source>重试中 {left}</source>
        <translation>Retry in {left}</translation>
    </message>
    <message>
        <source>只用U盘</source>
        <translation>Stick only</translation>
    </message>
    <message>
        <source>待同步</source>
        <translation>To be synced</translation>
    </message>
    <message>
        <source>单机</source>
        <translation>Stand-alone</translation>
    </message>
    <message>
        <source>已同步</source>
        <translation>Synced</translation>
    </message>
    <message>
        <source>同步中</source>
        <translation>Syncing</translation>
    </message>
    <message>
        <source>重试中</source>
        <translation>Retrying</translation>
    </message>
    <message>
        <source>离线</source>
        <translation>Offline</translation>
    </message>
    <message>
        <source>需确认</source>
        <translation>Please confirm</translation>
    </message>
    <message>
        <source>已停用</source>
        <translation>Stopped</translation>
    </message>
    <message>
        <source>数据截至 …</source>
        <translation>data as of …</translation>
    </message>
    <message>
        <source>从未同步</source>
        <translation>never synced</translation>
    </message>
    <message>
        <source>数据截至 {when}</source>
        <translation>data as of {when}</translation>
    </message>
    <message>
        <source>{events} 条操作（{cases} 件案件）</source>
        <translation>{events} action(s) in {cases} case(s)</translation>
    </message>
    <message>
        <source>{events} 条操作</source>
        <translation>{events} action(s)</translation>
    </message>
    <message>
        <source>{cases} 件案件</source>
        <translation>{cases} case(s)</translation>
    </message>
    <message>
        <source>{files} 个附件</source>
        <translation>{files} file(s)</translation>
    </message>
    <message>
        <source>、</source>
        <translation>, </translation>
    </message>
    <message>
        <source>这台电脑单机使用，数据只在本机，请按时备份。</source>
        <translation>This computer stands alone and has the only copy of the data: back up often.</translation>
    </message>
    <message>
        <source>本席位的身份变了：请关闭席位，再打开，按新的身份办理；先前的身份办的，同步中心不收。</source>
        <translation>This desk is somebody else now: close it and open it again, then go on in its new part. What was done in the former part is not taken by the hub.</translation>
    </message>
    <message>
        <source>查看权限已收回或缩小的镇街：{shown}。权限以外的案件停在 {when}，不再更新。</source>
        <translation>Townships that may no longer be read, or only in part: {shown}. Their other cases stand as of {when} and change no more.</translation>
    </message>
    <message>
        <source>正在清点只在这台电脑上的内容。</source>
        <translation>Counting what is only on this computer.</translation>
    </message>
    <message>
        <source>没有只在这台电脑上的内容，可以放心关机。</source>
        <translation>Nothing is only on this computer: safe to switch off.</translation>
    </message>
    <message>
        <source>{here}还只在这台电脑上。</source>
        <translation>Only on this computer so far: {here}.</translation>
    </message>
    <message>
        <source>关机不会丢，但别的席位还看不到；开机联网后接着上报。</source>
        <translation>Nothing is lost when you switch off, but other desks cannot see it yet; reporting goes on once the computer is back online.</translation>
    </message>
    <message>
        <source>{state} · 上次同步 {when}（{count} 条，{size}）</source>
        <translation>{state} · last {when} ({count} entries, {size})</translation>
    </message>
    <message>
        <source>单机使用</source>
        <translation>Used stand-alone</translation>
    </message>
    <message>
        <source>还有 {here}没有上报</source>
        <translation>Not sent yet: {here}</translation>
    </message>
    <message>
        <source>{left} 后自动同步，按 F5 立即同步。</source>
        <translation>Syncs by itself in {left}; F5 syncs now.</translation>
    </message>
    <message>
        <source>这一次没有同步成，还有 {here}没有上报</source>
        <translation>This round failed; not sent yet: {here}</translation>
    </message>
    <message>
        <source>已切到离线，还有 {here}没有上报</source>
        <translation>Offline; not sent yet: {here}</translation>
    </message>
    <message>
        <source>还没有同步过</source>
        <translation>Never synced so far</translation>
    </message>
    <message>
        <source>按 F5 立即同步。</source>
        <translation>Press F5 to sync now.</translation>
    </message>
    <message>
        <source>都已上报，可以放心关机</source>
        <translation>All reported: safe to switch off</translation>
    </message>
    <message>
        <source>未上报 …</source>
        <translation>Not reported: …</translation>
    </message>
    <message>
        <source>{words}，{count} 个镇街停更</source>
        <translation>{words}, {count} townships stand still</translation>
    </message>
    <message>
        <source>{words}，需重开</source>
        <translation>{words}, open again</translation>
    </message>
    <message>
        <source>需重开</source>
        <translation>Open again</translation>
    </message>
    <message>
        <source>没有等着上报的内容，可以放心关机。</source>
        <translation>Nothing waits to be reported; it is safe to switch off.</translation>
    </message>
    <message>
        <source>关机不会丢，但别的席位还看不到；请导出到U盘带到县里，收过再导入。</source>
        <translation>Safe to switch off, but other desks do not see it yet; export to a stick, take it to the county and import it again afterwards.</translation>
    </message>
    <message>
        <source>同步中心：{url}</source>
        <translation>Hub: {url}</translation>
    </message>
    <message>
        <source>全部</source>
        <translation>All</translation>
    </message>
    <message>
        <source>{shown} 等 {count} 个</source>
        <translation>{shown} and others, {count} in all</translation>
    </message>
    <message>
        <source>已用U盘注册到同步中心（{since}）：镇街 {shown}，案件编号用 {short}。</source>
        <translation>Registered with the hub by stick ({since}): townships {shown}, case numbers with {short}.</translation>
    </message>
    <message>
        <source>这台电脑还没有注册到同步中心，数据只在本机。可以用一次性注册码注册，也可以只用U盘交换。</source>
        <translation>This computer is not enrolled at the hub; its data is only here. Enrol with an enrolment code, or exchange by stick only.</translation>
    </message>
    <message>
        <source>这台电脑不连网络，只用U盘与同步中心交换：导出，带到县里收一次，再导入。</source>
        <translation>This computer has no line and exchanges with the hub by stick: export, have it taken in at the county, import.</translation>
    </message>
    <message>
        <source>只用U盘交换</source>
        <translation>Works by stick only</translation>
    </message>
    <message>
        <source>没有等着上报的，可以放心关机</source>
        <translation>nothing waits to be reported; safe to switch off</translation>
    </message>
    <message>
        <source>正在同步</source>
        <translation>Syncing</translation>
    </message>
    <message>
        <source>正在重试，上一次没有同步成</source>
        <translation>Trying again; the last round did not go through</translation>
    </message>
    <message>
        <source>{left} 后自动重试，按 F5 立即重试；照常办理，不会丢。</source>
        <translation>Tries again in {left}, or now with F5; work on, nothing is lost.</translation>
    </message>
    <message>
        <source>马上自动重试；照常办理，不会丢。</source>
        <translation>Tries again at once; work on, nothing is lost.</translation>
    </message>
    <message>
        <source>这一次没有同步成</source>
        <translation>This sync did not succeed</translation>
    </message>
    <message>
        <source>已切到离线</source>
        <translation>Switched to offline</translation>
    </message>
    <message>
        <source>登记、派遣照常，都先存在本机；恢复联网后自动上报。</source>
        <translation>Register and dispatch as usual; all is kept here and reported once online again.</translation>
    </message>
    <message>
        <source>同步停下了，等您确认</source>
        <translation>Sync has stopped and waits for you</translation>
    </message>
    <message>
        <source>照常登记、派遣，不会丢；看过下面的说明，确认后继续同步。</source>
        <translation>Register and dispatch as usual, nothing is lost; read the note below and confirm, then sync goes on.</translation>
    </message>
    <message>
        <source>请联系县级管理员；本机的数据和没有上报的内容都还在。</source>
        <translation>Please call the county administrator; the data here and all that is not reported are still there.</translation>
    </message>
    <message>
        <source>同步中心不再接受这台电脑</source>
        <translation>The hub no longer accepts this computer</translation>
    </message>
    <message>
        <source>同步停下了：后台程序起不来，或与打开着的席位对不上，多半是程序刚更新过。请关闭席位，再打开。</source>
        <translation>Synchronisation has stopped: its program does not start or does not fit the open desk, most likely because it was just updated. Close the desk and open it again.</translation>
    </message>
    <message>
        <source>请重新打开席位</source>
        <translation>Open the desk again</translation>
    </message>
    <message>
        <source>还没有取得过同步中心的数据。</source>
        <translation>Nothing has come from the hub yet.</translation>
    </message>
    <message>
        <source>看到的是截至 {when} 的数据。</source>
        <translation>You see data as of {when}.</translation>
    </message>
    <message>
        <source>这台电脑恢复过备份</source>
        <translation>This computer was restored from a backup</translation>
    </message>
    <message>
        <source>席位的数据回到了备份时的样子。备份之后已经上报的，同步中心都有，同步时会取回来；备份之后还没有上报的，在被替换的旧数据里，另存在 backups 文件夹。</source>
        <translation>The desk&apos;s data is as it was when backed up. What was reported after that is on the hub and comes back with the next sync; what was not reported is in the replaced data, saved in the folder &quot;backups&quot;.</translation>
    </message>
    <message>
        <source>；本机还没有上报的 {here}一条不少</source>
        <translation>; the {here} not reported yet all stay</translation>
    </message>
    <message>
        <source>同步中心和别的席位的记录都不动{waiting}。</source>
        <translation>Nothing changes at the hub and other desks{waiting}.</translation>
    </message>
    <message>
        <source>按下按钮：取回同步中心已有的内容，再从新的编号起点上报本机的。</source>
        <translation>The button fetches what the hub has, then reports what is here under new numbers.</translation>
    </message>
    <message>
        <source>已核对，继续同步</source>
        <translation>Checked, go on syncing</translation>
    </message>
    <message>
        <source>同步中心里有同一席位、同样编号、内容却不同的记录</source>
        <translation>The hub has records of this desk with the same numbers but other contents</translation>
    </message>
    <message>
        <source>多半是这份席位数据被复制到了另一台电脑上，两台都在用；也可能是恢复了旧备份。</source>
        <translation>Most likely this desk&apos;s data was copied to another computer and both are in use; or an old backup was restored.</translation>
    </message>
    <message>
        <source>两边的记录都保留，同步中心的不动{waiting}。</source>
        <translation>Both records are kept, the hub&apos;s is not touched{waiting}.</translation>
    </message>
    <message>
        <source>按下按钮：本机换一个新的编号起点，把没有上报的重新编号后上报。另一台电脑请停用，或另行注册。</source>
        <translation>The button gives this computer new numbers and reports under them what is not reported. Stop using the other computer, or enrol it on its own.</translation>
    </message>
    <message>
        <source>换新起点，继续同步</source>
        <translation>New numbers, go on syncing</translation>
    </message>
    <message>
        <source>正在上报</source>
        <translation>Reporting</translation>
    </message>
    <message>
        <source>正在取回</source>
        <translation>Fetching</translation>
    </message>
    <message>
        <source>首次取回</source>
        <translation>First fetch</translation>
    </message>
    <message>
        <source>正在与同步中心核对</source>
        <translation>Checking with the hub</translation>
    </message>
    <message>
        <source>正在传附件</source>
        <translation>Transferring files</translation>
    </message>
    <message>
        <source>正在写入文件</source>
        <translation>Writing file</translation>
    </message>
    <message>
        <source>正在读取文件</source>
        <translation>Reading file</translation>
    </message>
    <message>
        <source>{word} {count} 条</source>
        <translation>{word} {count}</translation>
    </message>
    <message>
        <source>{word}…</source>
        <translation>{word}…</translation>
    </message>
    <message>
        <source>（另有 {count} 条早已在了）</source>
        <translation> ({count} were there before)</translation>
    </message>
    <message>
        <source>没有要带走的：{file} 里没有本机的新内容。</source>
        <translation>Nothing to take along: {file} holds nothing new of this desk.</translation>
    </message>
    <message>
        <source>{file} 已经是最新的，没有要补写的。</source>
        <translation>{file} is up to date, nothing to add.</translation>
    </message>
    <message>
        <source>已写入 {file}：{count} 条{known}。请安全弹出U盘后再拔。</source>
        <translation>Written to {file}: {count} entries{known}. Eject the stick before pulling it out.</translation>
    </message>
    <message>
        <source>同步中心已经收下本机的 {count} 条。</source>
        <translation>The hub has taken {count} entries of this desk.</translation>
    </message>
    <message>
        <source>{file} 里没有新内容{known}。</source>
        <translation>Nothing new in {file}{known}.</translation>
    </message>
    <message>
        <source>已从 {file} 取得 {count} 条{known}。</source>
        <translation>Taken from {file}: {count} entries{known}.</translation>
    </message>
    <message>
        <source>其中 {count} 件两个席位同时处理过，请逐件选择。</source>
        <translation> Handled by two desks at once: {count} case(s), please choose one by one.</translation>
    </message>
    <message>
        <source>✓ 已核对</source>
        <translation>✓ checked</translation>
    </message>
    <message>
        <source>✓ 完成</source>
        <translation>✓ Done</translation>
    </message>
    <message>
        <source>▲ 未完成</source>
        <translation>▲ Failed</translation>
    </message>
    <message>
        <source>– 已取消</source>
        <translation>– Stopped</translation>
    </message>
    <message>
        <source>同步中心没有收下 {count} 条，仍保存在本机，请联系县级管理员。</source>
        <translation>The hub did not take {count} entries; they are kept here. Please call the county administrator.</translation>
    </message>
    <message>
        <source>本机时钟比同步中心{off}，请校准；同步不受影响。</source>
        <translation>This computer’s clock is {off} the hub’s; please set it right. Synchronisation is not affected.</translation>
    </message>
    <message>
        <source>{count} 件两个席位同时处理，等待选择。</source>
        <translation>Handled by two desks at once: {count} case(s) to choose.</translation>
    </message>
    <message>
        <source>U盘带来的内容里，有 {count} 件案件同步中心没有收下，已从本机撤下；U盘和原席位上仍有，请联系县级管理员。</source>
        <translation>Of what the stick brought the hub did not take {count} cases; they were withdrawn here. The stick and their desk still have them; ask the county administrator.</translation>
    </message>
    <message>
        <source>{seconds} 秒</source>
        <translation>{seconds} s</translation>
    </message>
    <message>
        <source>{minutes} 分 {seconds} 秒</source>
        <translation>{minutes} min {seconds} s</translation>
    </message>
    <message>
        <source>基础数据：{events} 条，本席位没有上报它的权限。</source>
        <translation>Reference data: {events} entries; this desk has no right to report them.</translation>
    </message>
    <message>
        <source>{name}：{events} 条（{cases} 件案件），不是本单位的步骤，或案件没有派给本单位。</source>
        <translation>{name}: {events} entries ({cases} cases) that are no steps of this unit, or of cases not dispatched to it.</translation>
    </message>
    <message>
        <source>{name}：{events} 条（{cases} 件案件），本席位没有上报这个镇街的权限。</source>
        <translation>{name}: {events} entries ({cases} cases); this desk has no right to report for this township.</translation>
    </message>
    <message>
        <source>基础数据</source>
        <translation>reference data</translation>
    </message>
    <message>
        <source>{cases} 件案件：{numbers} 等</source>
        <translation>{cases} cases: {numbers} and others</translation>
    </message>
    <message>
        <source>{cases} 件案件：{numbers}</source>
        <translation>{cases} cases: {numbers}</translation>
    </message>
    <message>
        <source>另有 {events} 条（{what}）已搁置，只在这台电脑上，请按时备份。</source>
        <translation>{events} more ({what}) are set aside and only on this computer; please back up regularly.</translation>
    </message>
</context>
<context>
    <name>SyncLamp</name>
    <message>
        <source>点击打开同步页</source>
        <translation>Click to open the sync page</translation>
    </message>
</context>
<context>
    <name>SyncPage</name>
    <message>
        <source>立即同步</source>
        <translation>Sync now</translation>
    </message>
    <message>
        <source>还没有同步过。每次同步的时间、条数和结果会记在这里。</source>
        <translation>Never synced so far. Time, entries and result of each sync will stand here.</translation>
    </message>
    <message>
        <source>同步</source>
        <translation>Sync</translation>
    </message>
    <message>
        <source>注册到同步中心</source>
        <translation>Enrol at the hub</translation>
    </message>
    <message>
        <source>用U盘交换</source>
        <translation>Exchange by stick</translation>
    </message>
    <message>
        <source>最近的同步</source>
        <translation>Latest syncs</translation>
    </message>
    <message>
        <source>已注册。单位、督导、县级的席位请关闭后再打开一次，按新的身份办理。</source>
        <translation>Enrolled. A desk of a unit, a supervisor or the county has to be closed and opened again to act as what it is now.</translation>
    </message>
</context>
<context>
    <name>TimelineList</name>
    <message>
        <source>时间线</source>
        <translation>Timeline</translation>
    </message>
    <message>
        <source>{at} · {actor}</source>
        <translation>{at} · {actor}</translation>
    </message>
    <message>
        <source>已搁置：只在本机，没有上报</source>
        <translation>Set aside: only on this computer, not reported</translation>
    </message>
    <message>
        <source>未上报：还只在本机</source>
        <translation>Not reported: on this computer only</translation>
    </message>
    <message>
        <source>未生效：与另一席位的操作冲突</source>
        <translation>Not in force: conflict with another desk</translation>
    </message>
</context>
<context>
    <name>TodayBoxes</name>
    <message>
        <source>今日必办</source>
        <translation>Today</translation>
    </message>
    <message>
        <source>{word}：只看这一类，再按一次看全部（{key}）</source>
        <translation>{word}: only these, again for all ({key})</translation>
    </message>
</context>
<context>
    <name>Together</name>
    <message>
        <source>已{word} {count} 件。</source>
        <translation>{word}: {count} done.</translation>
    </message>
    <message>
        <source>，{count} 件未动</source>
        <translation>, {count} not begun</translation>
    </message>
    <message>
        <source>，{count} 件未办成：</source>
        <translation>, {count} refused:</translation>
    </message>
    <message>
        <source>……</source>
        <translation>…</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>{role} · {account}</source>
        <translation>{role} · {account}</translation>
    </message>
</context>
<context>
    <name>UnitList</name>
    <message>
        <source>可派遣的单位</source>
        <translation>Units to dispatch to</translation>
    </message>
</context>
</TS>
