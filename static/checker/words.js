// Every text of the checker, in Thai and in English: [th, en]. `{name}` is put in. A page without a network can ask nobody for them.
// tests/browser/test_checker_words.py sees to it that none is missing.

export const WORDS = {
  name: ['ตรวจใบอนุญาต', 'Licence checker'],
  other: ['English', 'ไทย'],
  demo: ['ข้อมูลสาธิต: ใบอนุญาต บุคคล และประกาศทั้งหมดเป็นเรื่องสมมุติ', 'Demonstration: every licence, person and announcement here is made up.'],

  setupTitle: ['เตรียมเครื่องก่อนออกตรวจ', 'Get this phone ready'],
  setupLead: [
    'โทรศัพท์เครื่องนี้ตรวจ QR Code ได้เองโดยไม่ใช้อินเทอร์เน็ต เมื่อดาวน์โหลดชุดข้อมูลแล้ว',
    'Once it has downloaded the data, this phone checks codes by itself, without a network.',
  ],
  setupPrivate: ['เครื่องมือนี้ไม่ส่งสิ่งที่ท่านสแกนหรือบันทึกไปที่ใด', 'Nothing that you scan or note is sent anywhere.'],
  look: ['ดูขนาดข้อมูล', 'See what there is to download'],
  offerTitle: ['ดาวน์โหลดชุดข้อมูล', 'Download the data'],
  offerFrom: ['ของทะเบียน', 'Of the register'],
  offerMade: ['จัดทำเมื่อ', 'Made'],
  offerGood: ['ใช้ได้ถึง', 'Good until'],
  offerSize: ['ต้องดาวน์โหลด', 'To download'],
  offerPrint: ['ลายนิ้วมือของกุญแจ', 'Fingerprint of its key'],
  offerCompare: [
    'ครั้งแรก โปรดเทียบลายนิ้วมือนี้กับที่หน่วยงานแจ้งไว้ จากนี้ไปเครื่องจะรับเฉพาะข้อมูลที่ลงลายมือชื่อด้วยกุญแจนี้',
    'The first time, compare this with what your office was told. From then on, this phone takes only data that is signed by this key.',
  ],
  offerKeyLost: [
    'กุญแจที่เครื่องนี้เชื่อถือเสียหาย โปรดเทียบลายนิ้วมือนี้กับที่หน่วยงานแจ้งไว้ เหมือนครั้งแรก',
    'The key that this phone trusted is damaged. Compare this with what your office was told, as at the first time.',
  ],
  offerFormer: ['ลายนิ้วมือของกุญแจเดิม', 'Fingerprint of the key before'],
  offerNew: ['ลายนิ้วมือของกุญแจใหม่', 'Fingerprint of the new key'],
  offerFollowed: [
    'ทะเบียนเปลี่ยนกุญแจ และกุญแจเดิมที่เครื่องนี้เชื่อถือลงลายมือชื่อรับรองกุญแจใหม่แล้ว จากนี้ไปเครื่องจะรับเฉพาะข้อมูลที่ลงลายมือชื่อด้วยกุญแจใหม่',
    'The register has a new key, and the key that this phone trusted has vouched for it. From now on, this phone takes only data that is signed by the new one.',
  ],
  otherKey: ['ข้อมูลลงลายมือชื่อด้วยกุญแจอื่น', 'The data is signed by another key'],
  otherKeyMeans: [
    'กุญแจเดิมไม่ได้รับรองกุญแจนี้ อาจเป็นข้อมูลปลอม หรือทะเบียนต้องเปลี่ยนกุญแจ ใช้กุญแจใหม่เฉพาะเมื่อหน่วยงานแจ้งลายนิ้วมือใหม่ด้วยวิธีอื่น และตรงกันทุกตัว',
    'The key of before does not vouch for it: the data is false, or the register had to replace its key. Take it only if your office has told you the new fingerprint by another way, and every character is the same.',
  ],
  otherKeyCompared: [
    'หน่วยงานแจ้งลายนิ้วมือใหม่แล้ว และข้าพเจ้าเทียบแล้วตรงกันทุกตัว',
    'My office has told me the new fingerprint, and I compared it: every character is the same.',
  ],
  otherKeyAccept: ['เชื่อถือกุญแจใหม่', 'Trust the new key'],
  otherKeyKeep: ['ใช้ข้อมูลเดิมต่อไป', 'Go on with what is here'],
  download: ['ดาวน์โหลด {size}', 'Download {size}'],
  offerSame: ['มีข้อมูลล่าสุดอยู่แล้ว ไม่ต้องดาวน์โหลดส่วนใดเพิ่ม', 'No part has changed: nothing more to download.'],
  keep: ['ใช้ข้อมูลชุดนี้', 'Use this data'],
  busyLook: ['กำลังถามทะเบียน…', 'Asking the register…'],
  busyDownload: ['กำลังดาวน์โหลด…', 'Downloading…'],
  taken: ['ข้อมูลพร้อมใช้แล้ว', 'The data is ready.'],
  back: ['กลับ', 'Back'],
  cancel: ['ยกเลิก', 'Cancel'],

  homeTitle: ['ตรวจใบอนุญาต', 'Check a licence'],
  scan: ['สแกน QR Code', 'Scan a QR code'],
  photo: ['เลือกภาพถ่าย', 'Choose a photo'],
  type: ['ข้อความใน QR Code หรือรหัส 26 ตัว', 'Text of the code, or its 26 characters'],
  typeHint: ['วางข้อความที่คัดลอกจาก QR Code หรือพิมพ์รหัสท้ายที่อยู่', 'Paste what was copied from the code, or type the end of its address.'],
  check: ['ตรวจ', 'Check'],
  dayLink: ['รายการตรวจของฉัน ({count})', 'My checks ({count})'],
  dataTitle: ['ข้อมูลในเครื่องนี้', 'Data on this phone'],
  update: ['ปรับปรุงข้อมูล', 'Update the data'],
  ready: ['ใช้ได้โดยไม่มีอินเทอร์เน็ตแล้ว', 'Ready to be used without a network.'],
  notReady: ['กำลังเก็บโปรแกรมไว้ในเครื่อง…', 'Keeping the program on this phone…'],
  noWorker: [
    'เบราว์เซอร์นี้เก็บโปรแกรมไว้ใช้โดยไม่มีอินเทอร์เน็ตไม่ได้',
    'This browser cannot keep the program for use without a network.',
  ],
  install: ['ติดตั้งบนหน้าจอโฮม', 'Install on the home screen'],
  ios: [
    'บน iPhone และ iPad: แตะ แชร์ แล้วเลือก “เพิ่มไปยังหน้าจอโฮม” มิฉะนั้นเครื่องจะลบข้อมูลเมื่อไม่ได้ใช้เจ็ดวัน',
    'On an iPhone or iPad: tap Share, then “Add to Home Screen”. Otherwise the phone deletes the data after seven days without use.',
  ],
  newer: ['มีโปรแกรมรุ่นใหม่', 'There is a newer version of this program.'],
  reload: ['เริ่มใช้รุ่นใหม่', 'Use it now'],

  scanTitle: ['หันกล้องไปที่ QR Code', 'Point the camera at the code'],
  scanHint: ['ถือห่างประมาณหนึ่งช่วงแขน ให้เห็น QR Code ทั้งดวง', 'About an arm’s length away, the whole code in the picture.'],
  starting: ['กำลังเปิดกล้อง…', 'Starting the camera…'],
  light: ['เปิดไฟ', 'Light on'],
  dark: ['ปิดไฟ', 'Light off'],
  looking: ['กำลังดูภาพ…', 'Looking at the picture…'],

  ageFresh: ['ข้อมูล ณ {time} ({age})', 'Data as of {time} ({age})'],
  ageStale: ['ข้อมูลเก่า: ณ {time} ({age}) ควรปรับปรุงก่อนใช้', 'Old data: as of {time} ({age}). Update it before you rely on it.'],
  ageExpired: [
    'ข้อมูลหมดอายุแล้ว: ณ {time} ({age}) บอกไม่ได้ว่าใบอนุญาตยังใช้ได้หรือไม่ ต้องปรับปรุง',
    'Expired data: as of {time} ({age}). It cannot say whether a licence is in force. Update it.',
  ],
  ageClock: [
    'นาฬิกาของเครื่องช้ากว่าเวลาที่จัดทำข้อมูล ({time}) โปรดตั้งนาฬิกาให้ตรง',
    'This phone’s clock is behind the instant at which the data was made ({time}). Set the clock.',
  ],

  active: ['ของจริง และยังใช้ได้', 'Genuine and in force'],
  activeMeans: ['ตามข้อมูลในเครื่องนี้ ใบอนุญาตยังใช้ได้ ให้เทียบรายละเอียดกับสถานที่จริง', 'By the data on this phone the licence holds. Compare it with this place.'],
  activeStale: ['ของจริง แต่ข้อมูลสถานะเก่า', 'Genuine; its status is old'],
  activeStaleMeans: [
    'ณ เวลาของข้อมูล ใบอนุญาตไม่ถูกเพิกถอนหรือพักใช้ หลังจากนั้นไม่ทราบ ให้ปรับปรุงข้อมูลแล้วตรวจอีกครั้ง',
    'It was neither withdrawn nor suspended when the data was made; since then nobody here knows. Update the data and check again.',
  ],
  clockWrong: ['ของจริง แต่นาฬิกาของเครื่องไม่ตรง', 'Genuine; this phone’s clock is wrong'],
  clockWrongMeans: [
    'นาฬิกาของเครื่องช้ากว่าเวลาที่จัดทำข้อมูล จึงบอกไม่ได้ว่าวันนี้ใช้ได้หรือไม่ ให้ตั้งนาฬิกาแล้วตรวจอีกครั้ง',
    'The clock is behind the instant at which the data was made, so nothing is said of today. Set it and check again.',
  ],
  withdrawn: ['ใช้ไม่ได้แล้ว', 'No longer valid'],
  withdrawnMeans: [
    'ถูกเพิกถอน เลิกกิจการ หรือมีใบใหม่แทนแล้ว ให้ขอดูใบอนุญาตฉบับปัจจุบัน หรือค้นเลขที่เมื่อมีอินเทอร์เน็ต',
    'Revoked, given up, or replaced by a newer one. Ask for the present licence, or look the number up when there is a network.',
  ],
  suspended: ['ถูกพักใช้', 'Suspended'],
  suspendedMeans: ['หน่วยงานสั่งพักใช้ใบอนุญาตนี้ ขณะนี้ใช้ไม่ได้', 'The authority has stopped this licence for a time. It may not be used now.'],
  'was-suspended': ['ของจริง แต่เคยถูกพักใช้', 'Genuine; it was suspended'],
  'was-suspendedMeans': [
    'ณ เวลาของข้อมูล ใบอนุญาตถูกพักใช้ หลังจากนั้นไม่ทราบ ให้ปรับปรุงข้อมูลแล้วตรวจอีกครั้ง',
    'It was suspended when the data was made; since then nobody here knows. Update the data and check again.',
  ],
  expired: ['หมดอายุ', 'Expired'],
  expiredMeans: ['พ้นวันสุดท้ายของใบอนุญาตแล้ว ให้ขอดูใบที่ต่ออายุ', 'The last day of this licence is over. Ask for the renewed one.'],
  pending: ['ยังไม่ถึงวันเริ่มใช้', 'Not yet in force'],
  pendingMeans: ['ออกใบอนุญาตแล้ว แต่ยังไม่ถึงวันแรกที่มีผล', 'It was granted, but its first day has not come.'],
  packExpired: ['ของจริง แต่ไม่ทราบสถานะ', 'Genuine; status not known'],
  packExpiredMeans: ['ข้อมูลในเครื่องหมดอายุ จึงบอกไม่ได้ว่ายังใช้ได้หรือไม่ ให้ปรับปรุงข้อมูล', 'The data on this phone has expired, so nothing is said of today. Update it.'],
  'status-unavailable': ['ของจริง แต่ไม่ทราบสถานะ', 'Genuine; status not known'],
  'status-unavailableMeans': [
    'ในเครื่องไม่มีบัญชีสถานะของใบอนุญาตนี้ ให้ปรับปรุงข้อมูลแล้วตรวจอีกครั้ง',
    'The status list of this licence is not on this phone. Update the data and check again.',
  ],
  'expiry-not-stated': ['ของจริง แต่ไม่ทราบวันสิ้นอายุ', 'Genuine; its last day is not known'],
  'expiry-not-statedMeans': ['หน่วยงานไม่ได้แจ้งว่าใช้ได้ถึงวันใด ให้สอบถามหน่วยงานผู้อนุญาต', 'The authority has not said until when it is valid. Ask the authority.'],
  'invalid-signature': ['ถูกแก้ไข หรือเป็นของปลอม', 'Altered or forged'],
  'invalid-signatureMeans': [
    'ข้อมูลใน QR Code ไม่ตรงกับลายมือชื่อของหน่วยงาน อย่าเชื่อป้ายนี้ เก็บภาพไว้และแจ้งหน่วยงานผู้อนุญาต',
    'What the code says is not what the authority signed. Do not rely on this sign; take a photo and tell the authority.',
  ],
  'malformed-compact': ['QR Code ชำรุด หรือถูกแก้ไข', 'Damaged or altered code'],
  'malformed-compactMeans': [
    'อ่านข้อมูลที่ลงลายมือชื่อไม่ได้ ให้สแกนอีกครั้ง ถ้าผลเดิม อย่าเชื่อป้ายนี้',
    'What is signed cannot be read. Scan it again; if it stays so, do not rely on this sign.',
  ],
  foreign: ['ไม่ใช่ของทะเบียนนี้', 'Not of this register'],
  foreignMeans: [
    'QR Code นี้นำไปยังเว็บไซต์อื่นตามที่แสดงด้านล่าง เครื่องมือนี้จะไม่เปิดเว็บไซต์นั้น อย่าเชื่อป้ายนี้',
    'The code leads to another site, shown below. It is not opened here. Do not rely on this sign.',
  ],
  misleading: ['ที่อยู่ลวง', 'A misleading address'],
  misleadingMeans: [
    'ที่อยู่นี้เขียนให้ดูเหมือนนำไปที่หนึ่ง แต่เบราว์เซอร์จะไปอีกที่หนึ่ง ข้อความเต็มแสดงด้านล่าง อย่าเปิด และอย่าเชื่อป้ายนี้',
    'It looks as if it led to one place, and a browser would go to another. All of it is shown below. Do not open it or rely on this sign.',
  ],
  notAsPrinted: ['ยังตรวจไม่ได้: QR Code ไม่ตรงกับที่พิมพ์', 'Could not be checked: not as it is printed'],
  notAsPrintedMeans: [
    'ที่อยู่เป็นของทะเบียนนี้ แต่มีส่วนที่ต่างจาก QR Code ที่ทะเบียนพิมพ์ ให้สแกนจากป้ายโดยตรง หรือเปิดหน้าเว็บของทะเบียน',
    'The address is of this registry, but not as its codes are printed. Scan the sign itself, or open the registry’s page.',
  ],
  ownPage: ['หน้าเว็บของทะเบียนนี้ ไม่ใช่ QR Code', 'An address of the registry, but no code'],
  ownPageMeans: [
    'ที่อยู่นี้เป็นของทะเบียน แต่ไม่ใช่ QR Code ของใบอนุญาต จึงไม่ได้ตรวจสิ่งใด ให้เปิดเมื่อมีอินเทอร์เน็ต',
    'This is an address of the registry, but no code of a licence, so nothing was checked. Open it online.',
  ],
  number: ['เลขที่อย่างเดียว ตรวจแบบออฟไลน์ไม่ได้', 'A number cannot be checked offline'],
  numberMeans: [
    'ข้อความนี้อาจเป็นเลขที่ใบอนุญาต ยังไม่ได้ตรวจสิ่งใด ให้ค้นเลขที่นี้บนเว็บไซต์ของทะเบียนเมื่อมีอินเทอร์เน็ต หรือสแกน QR Code บนป้าย',
    'This may be the number of a licence. Nothing was checked: look it up on the registry’s site with a network, or scan the code on the sign.',
  ],
  'key-not-usable': ['กุญแจที่ลงลายมือชื่อใช้ไม่ได้', 'Signed by a key that does not count'],
  'key-not-usableMeans': ['กุญแจถูกยกเลิกหรือหมดอายุก่อนออก QR Code นี้ ให้ถามหน่วยงานผู้อนุญาต', 'The key was withdrawn, or had expired before. Ask the authority.'],
  'not-mandated': ['ผู้ลงลายมือชื่อไม่มีอำนาจอนุญาต', 'Signed by who may not grant it'],
  'not-mandatedMeans': ['หน่วยงานที่ลงลายมือชื่อไม่มีอำนาจออกใบอนุญาตประเภทนี้', 'Whoever signed it may not grant this kind of licence.'],
  'not-issued': ['ไม่มีในทะเบียน ณ เวลาของข้อมูล', 'Never issued, as of the data'],
  'not-issuedMeans': [
    'อย่าเชื่อป้ายนี้ ไม่เคยมีใบอนุญาตใดใช้รหัสนี้: เป็นของปลอม หรือออกหลังเวลาของข้อมูล ให้ปรับปรุงข้อมูลแล้วตรวจอีกครั้ง ถ้าผลเดิม ให้แจ้งหน่วยงาน',
    'Do not rely on this sign: no licence had this code. It is false, or newer than the data. Update the data and check again; if it stays so, tell the authority.',
  ],
  'no-digits': ['ตรวจแบบออฟไลน์ไม่ได้', 'Cannot be checked offline'],
  'no-digitsMeans': [
    'เปิดหน้าเว็บของทะเบียนเมื่อมีอินเทอร์เน็ต มีใบอนุญาตที่ใช้รหัสนี้ แต่ใน QR Code ไม่มีข้อมูลที่ลงลายมือชื่อ',
    'Open the registry’s page when there is a network: a licence has this code, but nothing in the code is signed.',
  ],
  'key-unknown': ['ยังตรวจไม่ได้: ไม่รู้จักกุญแจ', 'Could not be checked: unknown key'],
  'key-unknownMeans': [
    'อ้างว่าเป็นของทะเบียนนี้ แต่ในเครื่องไม่มีกุญแจดังกล่าว อาจเป็นของปลอม หรือกุญแจใหม่กว่าข้อมูล ให้ปรับปรุงข้อมูล อย่าเพิ่งเชื่อป้ายนี้',
    'It claims to be of this register, but its key is not on this phone: forged, or newer than the data. Update; do not rely on it before.',
  ],
  'unknown-method': ['ยังตรวจไม่ได้: เป็นรุ่นอื่น', 'Could not be checked: another release'],
  'unknown-methodMeans': ['QR Code ใช้รูปแบบที่โปรแกรมรุ่นนี้ไม่รู้จัก ให้เปิดโปรแกรมเมื่อมีอินเทอร์เน็ตเพื่อรับรุ่นใหม่', 'This version of the program does not know its form. Open it with a network to get a newer one.'],
  'display-over': ['หมดเวลาแสดงบนหน้าจอ', 'Its minute is over'],
  'display-overMeans': ['QR Code นี้ทำไว้แสดงบนหน้าจอและหมดเวลาแล้ว อาจเป็นภาพถ่าย ให้ขอแสดงใหม่แล้วสแกนจากจอ', 'The code was made for a screen and is over: it may be a picture. Have it shown again.'],
  'display-ahead': ['เวลาของเครื่องไม่ตรง', 'The clocks differ'],
  'display-aheadMeans': ['QR Code นี้ทำไว้สำหรับเวลาที่ยังมาไม่ถึง ให้ตรวจนาฬิกาของเครื่อง', 'The code was made for a moment still to come. Look at the clock of this phone.'],
  notCode: ['ไม่ใช่ QR Code ของใบอนุญาต', 'Not the code of a licence'],
  notCodeMeans: [
    'ข้อความนี้ไม่ใช่ QR Code ของใบอนุญาต ไม่ได้ตรวจสิ่งใด ให้สแกน QR Code ของใบอนุญาตบนป้าย',
    'This is no code of a licence, and nothing was checked. Scan the code of the licence on the sign.',
  ],
  several: ['เห็น QR Code มากกว่าหนึ่งดวง ให้เข้าไปใกล้ดวงที่จะตรวจ', 'There is more than one code in the picture. Go nearer to the one that you mean.'],
  severalInPhoto: ['ในภาพมี QR Code มากกว่าหนึ่งดวง ไม่ได้ตรวจดวงใด ให้ถ่ายทีละดวง', 'There is more than one code in the picture, and none was checked. Photograph one at a time.'],
  beside: ['มี QR Code อื่นอยู่ในภาพนี้', 'There is another code in this picture'],
  besideMeans: [
    'ไม่ใช่ QR Code ของทะเบียนนี้ และอาจมีผู้นำมาเพิ่ม ไม่ได้เปิดและไม่ได้ตรวจ ให้ดูที่ป้ายว่าเป็นของสิ่งใด',
    'It is not of this registry, and somebody may have added it. It was neither opened nor checked: look on the sign what it belongs to.',
  ],
  besideLeads: ['นำไปยัง', 'It leads to'],
  besideHolds: ['ข้อความในนั้น', 'It holds'],
  besideOurs: ['ผลตรวจ QR Code ของทะเบียนนี้ที่อยู่ในภาพ', 'What was found of this registry’s own code in it'],
  noCodeInPhoto: ['ไม่พบ QR Code ในภาพ ให้ถ่ายใกล้ขึ้นและให้เห็นทั้งดวง', 'No code was found in the picture. Take it from nearer, with the whole code in it.'],

  genuine: ['ของจริงหรือไม่', 'Genuine?'],
  genuineYes: ['ของจริง', 'Genuine'],
  genuineYesMeans: ['ลงลายมือชื่อโดย {authority}', 'Signed by {authority}'],
  genuineNo: ['ไม่ใช่ของจริง', 'Not genuine'],
  genuineUnknown: ['ยังตรวจไม่ได้', 'Could not be checked'],
  inForce: ['ยังใช้ได้หรือไม่', 'In force?'],
  inForceYes: ['ยังใช้ได้ ตามข้อมูลในเครื่องนี้', 'Yes, by the data on this phone'],
  inForceNot: ['ไม่ได้ตรวจ', 'Not looked at'],
  inForceNotMeans: ['ระบบตรวจสถานะเฉพาะสิ่งที่ยืนยันแล้วว่าเป็นของจริง', 'The status is looked at only for what is proven genuine.'],
  inForceUnknown: ['ไม่ทราบ', 'Not known'],
  asOf: ['ข้อมูลเมื่อใด', 'As of when?'],
  asOfNone: ['ไม่มีข้อมูลสถานะ', 'Nothing is known of the status'],
  checkedAt: ['ตรวจเมื่อ {time}', 'Checked {time}'],
  unchecked: ['สิ่งที่ไม่ได้ตรวจ', 'Not checked'],
  uncheckedPlace: ['ป้ายนี้เป็นของสถานที่หรือบุคคลตรงหน้าหรือไม่', 'Whether the licence belongs to the place or person before you'],
  uncheckedSince: ['สิ่งที่เกิดขึ้นหลังเวลาของข้อมูล', 'What happened after the data was made'],
  uncheckedCopies: ['มีสำเนาของ QR Code นี้ติดอยู่ที่อื่นหรือไม่', 'Whether copies of this code hang elsewhere'],
  compare: ['เทียบกับสถานที่หรือเอกสารตรงหน้า', 'Compare with this place'],
  compareLead: ['ป้ายและ QR Code คัดลอกได้ ทุกรายการต้องตรงกับสถานที่หรือเอกสารตรงหน้า', 'A sign or a code can be copied. Every item must be the same as at this place.'],
  faceNumber: ['เลขที่ใบอนุญาต', 'Licence number'],
  faceType: ['ประเภท', 'Type'],
  faceAuthority: ['หน่วยงานผู้อนุญาต', 'Licensing authority'],
  faceLicensee: ['ผู้รับใบอนุญาต', 'Licensee'],
  facePremises: ['ชื่อสถานที่', 'Name of the place'],
  faceAddress: ['ที่ตั้ง', 'Address'],
  faceIssued: ['ออกให้เมื่อ', 'Issued on'],
  faceFrom: ['มีผลตั้งแต่', 'Valid from'],
  faceUntil: ['ใช้ได้ถึง', 'Valid until'],
  faceNoExpiry: ['ไม่มีวันสิ้นอายุ', 'No expiry'],
  faceLeftOut: ['ไม่มีที่ว่างใน QR Code ดูบนเว็บไซต์ของทะเบียน', 'No room for it in the code: see the register’s site'],
  read: ['ข้อความที่อ่านได้', 'What was read'],
  openOnline: ['เปิดหน้าเว็บของทะเบียน', 'Open the registry’s page'],
  notNoted: ['จดผลนี้ลงในรายการตรวจไม่ได้ เพราะเก็บข้อมูลในเครื่องไม่ได้ ผลการตรวจไม่เปลี่ยน', 'This check could not be noted, since nothing can be kept on this phone. Its answer stays the same.'],
  again: ['สแกนรายการถัดไป', 'Scan the next one'],
  home: ['หน้าแรก', 'Start page'],
  note: ['บันทึก (ไม่บังคับ เก็บในเครื่องนี้เท่านั้น)', 'Note (optional, kept on this phone only)'],

  dayTitle: ['รายการตรวจของฉัน', 'My checks'],
  dayLead: ['เก็บในเครื่องนี้เท่านั้น ไม่ส่งไปที่ใด และลบเองเมื่อครบ {days} วัน', 'Kept on this phone only, sent nowhere, and erased by itself after {days} days.'],
  dayNone: ['ยังไม่มีรายการ', 'There are none yet.'],
  export: ['ส่งออกเป็น CSV', 'Export as CSV'],
  erase: ['ลบทั้งหมด', 'Erase all'],
  eraseSure: ['แตะอีกครั้งเพื่อลบทั้งหมด', 'Tap again to erase all'],
  csvTime: ['เวลา', 'Time'],
  csvNumber: ['เลขที่', 'Number'],
  csvRead: ['สิ่งที่อ่านได้', 'What was read'],
  csvVerdict: ['ผล', 'Verdict'],
  csvCode: ['รหัสผล', 'Code of the verdict'],
  csvData: ['ข้อมูล ณ', 'Data as of'],
  csvNote: ['บันทึก', 'Note'],

  'no-camera': ['ไม่พบกล้อง ให้เลือกภาพถ่ายหรือวางข้อความแทน', 'There is no camera. Choose a photo or paste the text instead.'],
  refused: ['ไม่ได้รับอนุญาตให้ใช้กล้อง ให้อนุญาตในการตั้งค่าของเบราว์เซอร์', 'The camera was refused. Allow it in the browser’s settings.'],
  busy: ['กล้องถูกโปรแกรมอื่นใช้อยู่ ให้ปิดโปรแกรมนั้นแล้วลองใหม่', 'Another program uses the camera. Close that and try again.'],
  insecure: ['ใช้กล้องได้เฉพาะหน้าเว็บที่เข้ารหัส (https)', 'A camera is given to https pages only.'],
  failed: ['เปิดกล้องไม่ได้ ให้ลองใหม่', 'The camera could not be opened. Try again.'],
  hidden: ['ปิดกล้องแล้ว เพราะสลับไปหน้าอื่น', 'The camera was closed, since the page was left.'],
  'decoder-failed': ['โปรแกรมอ่าน QR Code ไม่ทำงาน ให้เปิดหน้านี้ใหม่เมื่อมีอินเทอร์เน็ต', 'The reader of codes does not work. Open this page again with a network.'],
  'not-an-image': ['ไฟล์นี้ไม่ใช่ภาพ', 'This file is no picture.'],
  noNetwork: ['ติดต่อทะเบียนไม่ได้ ให้ลองใหม่เมื่อมีอินเทอร์เน็ต ข้อมูลเดิมยังอยู่', 'The register cannot be reached. Try again with a network; what was there is still there.'],
  noSpace: ['เก็บข้อมูลในเครื่องไม่ได้ ให้ตรวจพื้นที่ว่างและออกจากโหมดส่วนตัว', 'The data cannot be kept on this phone. Look for free space, and leave private browsing.'],
  'pack-malformed': ['ข้อมูลที่ได้รับไม่ใช่ชุดข้อมูล หรือเป็นรุ่นอื่น ไม่ได้นำมาใช้', 'What was received is no data of this kind. It is not used.'],
  'pack-damaged': ['ข้อมูลในเครื่องนี้เสียหาย ให้ดาวน์โหลดใหม่', 'The data on this phone is damaged; download it again.'],
  'pack-altered': ['ข้อมูลถูกแก้ไขระหว่างทาง ไม่ได้นำมาใช้ ให้ลองใหม่จากเครือข่ายอื่น', 'The data was altered on its way. It is not used. Try another network.'],
  'pack-other-key': [
    'ข้อมูลเป็นของทะเบียนอื่นและลงลายมือชื่อด้วยกุญแจอื่น ไม่ได้นำมาใช้ ให้ถามผู้ดูแลทะเบียนก่อนทำสิ่งใดต่อ',
    'The data is of another register, and signed by another key. It is not used. Ask who runs the register before anything else.',
  ],
  'pack-older': ['ทะเบียนเสนอข้อมูลที่เก่ากว่าในเครื่อง ไม่ได้นำมาใช้', 'The register offers older data than this phone has. It is not used.'],
  'pack-expired': ['ข้อมูลที่ทะเบียนเสนอหมดอายุแล้ว ไม่ได้นำมาใช้ ให้ตรวจนาฬิกาของเครื่อง', 'The data that is offered has expired. It is not used. Look at the clock of this phone.'],
  'pack-changed': ['มีข้อมูลที่ใหม่กว่าระหว่างดาวน์โหลด ให้เริ่มใหม่', 'There is newer data meanwhile. Begin again.'],
};

const LANGS = ['th', 'en'];
let lang = 'th';

/** The language in which texts are given out. */
export function language() {
  return lang;
}

/** Chooses it; anything else than `en` is Thai. */
export function speak(chosen) {
  lang = chosen === 'en' ? 'en' : 'th';
}

/** A text, with what stands in braces put in. */
export function say(name, given = {}) {
  const text = WORDS[name][LANGS.indexOf(lang)];
  return text.replace(/\{(\w+)\}/g, (_, each) => given[each]);
}

/** A name in Thai and English, as it is in the chosen language or, where it is not, in the other. */
export function named({th, en}) {
  return lang === 'en' ? en || th : th || en;
}

const locale = () => lang === 'en' ? 'en-GB' : 'th-TH-u-ca-buddhist-nu-latn';

/** A day, of a number of days from 1970. */
export function day(days) {
  return new Intl.DateTimeFormat(locale(), {dateStyle: 'long', timeZone: 'UTC'}).format(days * 86_400_000);
}

/** An instant, in Thai time. */
export function moment(at) {
  return new Intl.DateTimeFormat(locale(), {dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23', timeZone: 'Asia/Bangkok'}).format(at);
}

/** How long something is ago. */
export function ago(milliseconds) {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  const [n, unit] = minutes < 60 ? [minutes, 'minute'] : minutes < 48 * 60 ? [minutes / 60, 'hour'] : [minutes / 1440, 'day'];
  return new Intl.RelativeTimeFormat(locale(), {numeric: 'auto'}).format(-Math.floor(n), unit);
}

/** A size in bytes. */
export function size(bytes) {
  const number = (value, unit) => `${new Intl.NumberFormat('en', {maximumFractionDigits: 1}).format(value)} ${unit}`;
  return bytes < 1_000_000 ? number(bytes / 1000, 'kB') : number(bytes / 1_000_000, 'MB');
}
